# %% [markdown]
# # Can AION be true?
#
# In June 2025 AION was announced as "more than 288,000 H100-equivalents, that is 200 MW". An *audit* asks a claim in every way in which it can be meant: which chip, which definition of an H100-equivalent, which MW. It gives no score: it says under which readings the claim can be true.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import capsim
from capsim.scenario import examples

audit = capsim.audit(examples()["claims/aion"])
audit

# %% [markdown]
# ## By chip and definition
#
# The share of the 288,000 that each chip brings at 200 MW, by what is counted as an H100-equivalent. A reading that covers less than all of it cannot be what was meant.

# %%
rows = [(*one.reading.split(" under "), one.covered) for one in audit.of("chip and definition")]
table = pd.DataFrame(rows, columns=["chip", "definition", "covered"])
covered = table.pivot_table(index="chip", columns="definition", values="covered", sort=False)
ax = covered.plot.barh(figsize=(9, 4.5), xlabel="share of 288,000 H100e that 200 MW carry", width=0.8)
ax.invert_yaxis()
_ = ax.axvline(1.0, color="grey", linestyle="--")

# %% [markdown]
# ## Among what is built
#
# Each ratio of the claim (red) among the same ratio of reference builds (blue), AION's own left out.

# %%
audit.plot.references().figure

# %% [markdown]
# ## When, and what it costs
#
# The audit says what cannot be; a projection says what happens. With the racks that were the newest at the announcement, and with those that can be ordered for its halls:

# %%
plan = capsim.load(examples()["aion-288k-h100e"])
sides = {
    "racks of the announcement": capsim.simulate(plan.override("gb300-as-announced")),
    "racks of 2027": capsim.simulate(plan),
}
figure, axes = plt.subplots(1, 2, figsize=(13, 4.2), layout="constrained", sharey=True)
for (name, side), ax in zip(sides.items(), axes, strict=True):
    side.plot.capacity(ax=ax).set_title(name, loc="left")

# %%
columns = ["target", "metric", "goal", "reached", "by", "met", "crossed"]
pd.concat({name: pd.DataFrame(side.targets)[columns] for name, side in sides.items()})

# %% [markdown]
# By what is dense in 8 bit, the announced number is one of a generation that did not ship when it was announced. Ask the same of another announcement: `capsim audit scenarios/claims/*.yaml --table`.
