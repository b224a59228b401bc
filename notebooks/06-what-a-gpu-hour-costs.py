# %% [markdown]
# # What does a GPU-hour cost, and why?
#
# The levelised cost of compute is all that is paid, over all that is computed, both discounted. It is split by item, so that it can be argued about one item at a time.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import capsim
from capsim.scenario import examples
from capsim.study import sweep

plan = capsim.load(examples()["scaleway-5000-gpus"])
base = capsim.simulate(plan)
costs = ["lcoc_eur_per_accelerator_h", "lcoc_eur_per_h100e_h", "levelised_cost_eur_per_it_mwh"]
pd.Series(base.headline)[costs].to_frame("EUR2025")

# %%
base.plot.levelised().figure

# %% [markdown]
# ## What moves it
#
# Chips that idle cost what chips that work cost. Allocation (which share is rented) against what electricity costs:

# %%
axes = {"workload.allocation": [0.5, 0.7, 0.9], "sites.dc5.tariff.level_per_mwh": [30.0, 60.0, 90.0, 120.0]}
sweep(plan, axes, on="lcoc_per_accelerator_h", processes=1).plot.chart().figure

# %% [markdown]
# ## From this plan to another, change by change
#
# Money at twelve per cent, electricity at twice the price, a fifth fewer hours rented: the difference is split among them (Shapley values, so that no order is preferred).

# %%
other = plan.override(
    {
        "finance.wacc_real": 0.12,
        "sites.dc5.tariff.level_per_mwh": 2 * plan.sites[0].tariff.level_per_mwh,
        "workload.allocation": 0.8 * plan.workload.allocation,
    }
)
comparison = capsim.compare(
    {"the plan": plan, "other terms": other}, 2, on="lcoc_per_accelerator_h", processes=1
)
comparison.plot.waterfall()

# %% [markdown]
# ## Who pays, and when

# %%
figure, axes = plt.subplots(1, 2, figsize=(14, 4.6), layout="constrained")
base.plot.cumulative_cost(ax=axes[0])
_ = base.plot.cash(ax=axes[1]).set_title("Cash, and who pays", loc="left")

# %% [markdown]
# Next: `capsim run FILE --money` has the table; `capsim explain FILE PATH` says where a price comes from; [docs/money.md](../docs/money.md) has every basis.
