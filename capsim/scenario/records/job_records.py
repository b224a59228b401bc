"""Records of a workload: how hard accelerators work, in what sizes of jobs, and how these fail and swing."""

from typing import Annotated

from capsim.scenario.records.quantity import CatalogDefault, PositiveShare, Quantity, Share, ShareBelowOne
from capsim.scenario.records.record import Id, Name, Record

FOLLOW_FROM_JOBS = ("allocation", "busy_share")
"""Fields of a workload that follow from its job mix; they are 1 beside one."""


class JobClass(Record):
    """Jobs of one size. Each runs on all of its accelerators, or not at all."""

    id: Id
    """Name of the class."""
    accelerators: Annotated[float, Quantity("accelerators", ge=1)]
    """Accelerators of a job. [accelerators]"""
    share: Share
    """Share of the accelerators it is meant to hold; the shares of the classes sum to 1, and whole jobs come
    as near to them as they can. [1]"""
    busy_share: PositiveShare = 1.0
    """Share of the time in which a job without failures computes, such as waits for input or requests
    leave it; failures come on top. [1]"""
    compute_share: Annotated[
        float, Quantity("1", "assumptions/workload-large-training.mean_over_peak", gt=0.1, le=1)
    ]
    """Share of a step at full power rather than in communication: dynamic power of a step, mean over
    peak. The power of the whole job swings between the two. [1]"""
    run_days: Annotated[float, Quantity("d", gt=0)] | None = None
    """Mean length of a job, where gaps between jobs are given. [d]"""
    gap_days: Annotated[float, Quantity("d", ge=0)] = 0.0
    """Mean time between two jobs in which its accelerators stay idle; by default the next follows at once.
    [d]"""


class JobMix(Record):
    """Classes of jobs and how they share a fleet: allocation and goodput follow from them."""

    preset: Name | None = None
    """Entry of the catalogue's job mixes the classes and values below default to."""
    classes: tuple[JobClass, ...] = ()
    """Classes of jobs, merged by id over the preset's."""
    spare_share: Annotated[ShareBelowOne, CatalogDefault("assumptions/jobs")]
    """Share of the accelerators in service kept free of jobs: spares, draining, testing. [1]"""
    failures_per_1000_node_days: Annotated[
        float,
        Quantity("1/1000 node-d", "assumptions/reliability.job_stops_per_1000_node_days", ge=0),
    ]
    """What stops a job, per 1,000 days of a node, whether or not a server leaves service for it, which is a
    rate of its own (`reliability`). [1/1000 node-d]"""
    node_accelerators: Annotated[float, Quantity("accelerators", "assumptions/jobs", ge=1)]
    """Accelerators of the node that rate is for. [accelerators]"""
    restart_minutes: Annotated[float, Quantity("min", "assumptions/jobs", ge=0, le=1440)]
    """Failure to the first step after it. [min]"""
    checkpoint_minutes: Annotated[float, Quantity("min", "assumptions/jobs", gt=0, le=1440)]
    """Work between two checkpoints; half of it is repeated after a failure. [min]"""
    write_minutes: Annotated[float, Quantity("min", ge=0, le=1440)] = 0.0
    """Time for which writing a checkpoint stops the job; 0 where it is written meanwhile. [min]"""


class Workload(Record):
    """How hard the accelerators work: three shares that are never merged into one utilisation."""

    preset: Name = "large-training"
    """Workload of the catalogue's assumptions (`workload-...`) the values below default to."""
    allocation: Annotated[Share, CatalogDefault("assumptions/workload-{preset}")]
    """Largest share of the accelerators in service that hold a job. [1]"""
    busy_share: Annotated[Share, CatalogDefault("assumptions/workload-{preset}")]
    """Share of the time in which an allocated accelerator computes. [1]"""
    delivered_share: Annotated[
        Share,
        CatalogDefault("assumptions/workload-{preset}.delivered_share|assumptions/workload.delivered_share"),
    ]
    """Compute delivered over the compute of accelerators at work: 1, or 0 where nothing is computed, as by a
    model in memory that waits. [1]"""
    power_utilisation: Annotated[Share, CatalogDefault("assumptions/workload-{preset}")]
    """Power drawn above idle while computing, over what the rated power of the systems' parts has above
    idle. [1]"""
    power_exponent: Annotated[float, Quantity("1", "assumptions/server-power.exponent", ge=1, le=2)]
    """Exponent r of a server's power curve 2u - u^r at the utilisation u = busy share x power utilisation:
    1 is a straight line, 1.4 the published fit; with it `power_utilisation` is that of the processors. [1]"""
    power_cap: Annotated[
        float,
        Quantity("1", ge=0.3, le=1, meaning="a share of the modules' rated power: 0.857 is 600 of 700 W"),
    ] = 1.0
    """Power cap of the modules (accelerators) over their rated power; 1 for none. One above what the steps of
    the work draw changes nothing; one below lowers the power of the steps, and the throughput by the curve of
    the work. Host and fans have none. At least 0.3: an H100 takes no limit below 200 of 700 W. [1]"""
    step_utilisation: Annotated[
        Share,
        CatalogDefault(
            "assumptions/workload-{preset}.step_utilisation|assumptions/workload.step_utilisation"
        ),
    ] = 0.0
    """Power above idle in the steps in which the work computes, between its waits, over that of rated parts:
    `power_utilisation` or more, or 0 for work that draws evenly. [1]"""
    loss_per_cap: Annotated[float, Quantity("1", "assumptions/workload-{preset}", ge=0, le=20)]
    """Throughput lost, where a cap cuts the share x of what the modules draw in the steps of the work, over x
    to the power of `cap_exponent`: 0.6 to 2.4 in training, 3 to 11 in decoding. [1]"""
    cap_exponent: Annotated[float, Quantity("1", "assumptions/workload-{preset}", ge=1, le=10)]
    """How the loss grows with what is cut: 1 in proportion, near 2 for work that computes all the time, more
    for work that waits for memory, which loses little at first: 1.3 to 2.3 in training, 4.5 to 7.5 in
    decoding. [1]"""
    jobs: JobMix | None = None
    """Sizes of the jobs. Where they are given, whole jobs fill the fleet, stop with a failure of any of their
    accelerators and swing in power as one; `allocation` and `busy_share` then follow and are not given."""
