"""The form asks for every value of a scenario, and says what may stand there."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.scenario import explain, form_of, load

SMALL = Path(__file__).with_name("small.yaml")


@pytest.fixture(scope="module")
def form():
    return form_of(load(SMALL))


def at(form, path):
    return next(field for field in form.fields if field.row.path == path)


def test_it_has_every_value_once(form):
    assert [field.row for field in form.fields] == explain(load(SMALL))


@pytest.mark.parametrize(
    ("path", "kind", "bounds", "choices"),
    [
        ("finance.wacc_real", "number", {"ge": -0.1, "le": 0.5}, ""),
        ("horizon_years", "whole", {}, ""),
        ("start", "date", {}, ""),
        ("sites.a.climate", "text", {}, "Site.climate"),
        ("sites.a.cooling.arguments.liquid_share", "number", {}, ""),
        ("sites.a.phases.p1.deployments.d1.system", "text", {}, "Deployment.system"),
    ],
)
def test_what_may_stand_in_a_field(form, path, kind, bounds, choices):
    field = at(form, path)
    assert (field.kind, field.bounds, field.choices) == (kind, bounds, choices)
    assert field.meaning or path.endswith("liquid_share")


def test_names_have_titles_and_those_of_records_are_fixed(form):
    assert form.choices["Site.climate"]["paris"]
    assert at(form, "sites.a.id").is_fixed
    assert at(form, "schema").is_fixed
    assert not at(form, "name").is_fixed


def test_each_name_in_a_field_is_among_its_choices(form):
    strange = [
        field.row.path
        for field in form.fields
        if field.choices and field.row.value not in form.choices[field.choices]
    ]
    assert strange == []
