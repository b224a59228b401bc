# %% [markdown]
# # Heat, PUE and water, from Stockholm to Abu Dhabi
#
# The same 5,000 GPUs under five climates and three plants: what does cooling take of power and of water? Weather is hourly, and drawn from the climate's own percentiles.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import capsim
from capsim.scenario import examples

CLIMATES = ["stockholm", "paris", "madrid", "singapore", "abu-dhabi"]
PLANTS = {
    "airside-adiabatic-hyperscale": "outside air, sprays",
    "dlc-dry-cooler": "liquid, dry coolers",
    "waterside-tower": "cooling towers",
}
# its target lies before this year, so it is left out
fleet = capsim.load(examples()["scaleway-5000-gpus"]).override(
    start="2026-01-01", horizon_years=1, targets=None
)
made = {}
for plant, title in PLANTS.items():
    for climate in CLIMATES:
        place = {"sites.dc5.climate": climate, "sites.dc5.cooling": {"preset": plant, "arguments": None}}
        made[title, climate] = capsim.simulate(fleet.override(place), hourly=True)
figures = pd.DataFrame({key: run.headline for key, run in made.items()}).T
figures[["pue", "wue_l_per_kwh", "water_m3", "facility_peak_mw"]]

# %%
figure, axes = plt.subplots(1, 2, figsize=(13, 4.2), layout="constrained")
for name, label, ax in (("pue", "PUE", axes[0]), ("wue_l_per_kwh", "WUE [L/kWh]", axes[1])):
    figures[name].unstack(level=0).loc[CLIMATES, list(PLANTS.values())].plot.bar(
        ax=ax, rot=0, ylabel=label, legend=ax is axes[1]
    )
axes[0].set_ylim(bottom=1.0)
axes[1].set_ylim(top=3.0)
_ = axes[1].legend(fontsize=9)

# %% [markdown]
# Water and power are exchanged for one another: towers and sprays save power in the heat and pay for it in water; dry coolers take none, and more power where it is hot.
#
# ## The hour that decides
#
# A site is built for its worst hours and not for its mean: here is the hardest hour of the year in each place, with dry coolers.

# %%
rows = {climate: made["liquid, dry coolers", climate].hour("dc5", "hardest") for climate in CLIMATES}
hours = pd.DataFrame(rows).loc[["dry_bulb_c", "wet_bulb_c", "it_mw", "facility_mw"]]
hours.loc["pue in this hour"] = hours.loc["facility_mw"] / hours.loc["it_mw"]
hours.round(2)

# %%
ax = None
for climate in CLIMATES:
    curve = made["liquid, dry coolers", climate].duration_curve(
        "dc5", made["liquid, dry coolers", climate].start.year
    )
    ax = curve.plot(
        ax=ax, label=climate, figsize=(9, 4), xlabel="hours at or above", ylabel="facility load [MW]"
    )
_ = ax.legend()

# %% [markdown]
# Next: your own weather file (`weather_file`, [docs/own-data.md](../docs/own-data.md#weather)); `capsim hour FILE SITE design` traces a single hour from the air to the meter.
