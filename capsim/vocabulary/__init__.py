"""What results are called: every figure with its unit and meaning, kinds of events, causes, categories."""

from capsim.vocabulary.asked import (
    ADDED_UP,
    Asked,
    Goal,
    Sense,
    When,
    measure_of,
    parse_figure,
    parse_goal,
)
from capsim.vocabulary.events import (
    CHANGE_IN_SERVICE,
    DATED,
    SYSTEM_KINDS,
    Binding,
    Category,
    Cause,
    DatedKind,
    IdleCause,
    MilestoneKind,
    OutageCause,
    SystemKind,
    is_cause,
)
from capsim.vocabulary.figures import (
    DATES,
    DECLARED,
    HALLS,
    HEADLINE,
    HOURLY,
    LEDGER,
    MONTHLY,
    OF_AN_HOUR,
    WAITING,
    YEARLY,
    Place,
)
from capsim.vocabulary.input_titles import (
    input_name,
    input_scale,
    input_title,
    input_unit,
    item_title,
    with_unit,
)
from capsim.vocabulary.measures import (
    CURRENCY,
    NOMINAL,
    Better,
    Fold,
    Form,
    Measure,
    in_currency,
    without_currency,
)
from capsim.vocabulary.names import SHORT, declared, in_results, no_result, unit_of
