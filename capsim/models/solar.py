"""Solar power by the geometry of the sun, scaled to a published yearly yield."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.argument_checks import require_within
from capsim.units import HOURS_PER_DAY, Array

_DAYS = 365
_YEAR = np.arange(1.0, _DAYS + 1.0)
"""Days of a year, from 1. [d]"""
_TURN_DEG = 360.0
_OBLIQUITY_DEG = 23.45
_EQUINOX_SHIFT_D = 284
_NOON_H = 12.0
_MIDDLE_OF_HOUR_H = 0.5
_CLEAR, _AIR_MASS_EXPONENT = 0.7, 0.678
_LOWEST_SINE = 1e-3
"""Sine of the sun's height below which the air mass no longer grows. [1]"""


def solar_output(
    day_of_year: ArrayLike,
    *,
    latitude_deg: float,
    longitude_deg: float,
    tilt_deg: float,
    full_load_h_per_y: float,
) -> Array:
    r"""Mean output of a solar plant over its peak power, hour by hour in UTC.

    The sun's path gives the shape; the yield, which has clouds, heat and losses in it, gives the
    height. So every day is the mean day of its season: no clear and no dull days.

    Parameters
    ----------
    day_of_year : array_like of float, shape (n_days,)
        Day of the year, from 1. [d]
    latitude_deg, longitude_deg : float
        Place, north and east positive, in [-90, 90] and [-180, 180]. [deg]
    tilt_deg : float
        Tilt of fixed panels towards the equator, in [0, 90]. [deg]
    full_load_h_per_y : float
        Energy of a year over the peak power, at least 0. [h/y]

    Returns
    -------
    output : ndarray of float64, shape (n_days * 24,)
        Output over peak power, in [0, 1]. [1]

    Raises
    ------
    ValueError
        If an argument is out of range or NaN, or the yield asks for more than the peak power.

    Notes
    -----
    .. math:: \delta = 23.45^\circ \sin\left(360^\circ\,\frac{284 + n}{365}\right), \quad
       \cos\theta = \sin\delta\,\sin(\varphi - \beta) + \cos\delta\,\cos(\varphi - \beta)\cos\omega, \quad
       P \propto \cos\theta \; 0.7^{\,(1/\sin h)^{0.678}}

    while the sun is up, at a height h: declination after Cooper [1]_, incidence on a plane tilted by
    :math:`\beta` towards the equator [2]_, what a clear atmosphere lets through after Meinel [3]_, hour
    angle :math:`\omega` in the middle of the hour by mean solar time.
    The equation of time (up to 16 minutes) is left out, and clouds are spread evenly over the year:
    winters are too sunny where they are dull.

    References
    ----------
    .. [1] P. I. Cooper, Solar Energy 12 (1969) 333-346.
    .. [2] Duffie & Beckman, Solar Engineering of Thermal Processes, chapter 1.
    .. [3] A. B. Meinel, M. P. Meinel, Applied Solar Energy, 1976; air mass as 1 / sin h.

    Examples
    --------
    >>> year = solar_output(
    ...     np.arange(1, 366), latitude_deg=49, longitude_deg=2, tilt_deg=30, full_load_h_per_y=1100
    ... )
    >>> round(float(year.sum())), float(year[0]), int(year[:24].argmax())
    (1100, 0.0, 11)
    """
    day = np.asarray(day_of_year, dtype=np.float64)
    if not (day.ndim == 1 and np.all(np.isfinite(day))):
        raise ValueError("day_of_year must be a flat series of days")
    place = (latitude_deg, longitude_deg, tilt_deg)
    most = most_full_load_h(*place)
    if not 0.0 <= full_load_h_per_y <= most:
        raise ValueError(f"full_load_h_per_y must be in [0, {most:.0f}] here (got {full_load_h_per_y})")
    year = _unclouded(_YEAR, *place)
    output = _unclouded(day, *place) * (full_load_h_per_y / year.sum())
    return np.asarray(np.minimum(output, 1.0).ravel())


def most_full_load_h(latitude_deg: float, longitude_deg: float, tilt_deg: float) -> float:
    """Highest yield `solar_output` can give a place: that of a year without clouds. [h/y]

    Parameters
    ----------
    latitude_deg, longitude_deg, tilt_deg : float
        Place and tilt, as `solar_output` takes them. [deg]

    Returns
    -------
    hours : float
        Energy of a year over the peak power. [h/y]

    Raises
    ------
    ValueError
        If an argument is out of range or NaN.

    Examples
    --------
    >>> round(most_full_load_h(49.0, 2.0, 30.0))
    2010
    """
    _check(latitude_deg, longitude_deg, tilt_deg)
    year = _unclouded(_YEAR, latitude_deg, longitude_deg, tilt_deg)
    return float(year.sum() / year.max())


def solar_dip(
    solar_share: float, *, latitude_deg: float, longitude_deg: float, tilt_deg: float, dip: float
) -> Array:
    r"""Carbon intensity by month and UTC hour over its annual mean, where the sun is what moves it.

    The share of solar power in an hour follows the sun over one place, and the intensity falls with it:
    a rule for grids whose hours were not measured. Wind, demand and imports move it as well, and are
    left out.

    Parameters
    ----------
    solar_share : float
        Solar over all electricity of a year, in [0, 1]. [1]
    latitude_deg, longitude_deg, tilt_deg : float
        As in `solar_output`. [deg]
    dip : float
        Fall of the intensity per share of solar power in the hour, in [0, 1]. [1]

    Returns
    -------
    shape : ndarray of float64, shape (12, 24)
        Never negative, with a mean of 1. [1]

    Raises
    ------
    ValueError
        If a share or an angle is out of range.

    Notes
    -----
    .. math:: f_{mh} \propto 1 - d\,\min(1, \; s\,g_{mh} / \bar g)

    Examples
    --------
    >>> shape = solar_dip(0.12, latitude_deg=51, longitude_deg=10, tilt_deg=30, dip=0.75)
    >>> float(shape[5, 11].round(2)), float(shape[5, 0].round(2))  # June, noon and midnight
    (0.66, 1.1)
    """
    _check(latitude_deg, longitude_deg, tilt_deg)
    require_within("solar_share", solar_share, 0.0, 1.0)
    require_within("dip", dip, 0.0, 1.0)
    sun = _unclouded(_YEAR, latitude_deg, longitude_deg, tilt_deg)
    month = np.arange("2001-01-01", "2002-01-01", dtype="datetime64[D]").astype("datetime64[M]")
    _, first = np.unique(month, return_index=True)
    days = np.diff(np.append(first, _DAYS))
    by_month = np.add.reduceat(sun, first) / days[:, None]
    shape = 1.0 - dip * np.minimum(by_month * (solar_share / sun.mean()), 1.0)
    return np.asarray(shape * (_DAYS / (shape.mean(axis=1) @ days)))


def _unclouded(day: Array, latitude_deg: float, longitude_deg: float, tilt_deg: float) -> Array:
    """Unclouded power on the panels over that outside the air, shape (n_days, 24). [1]"""
    declination = np.radians(_OBLIQUITY_DEG) * np.sin(
        np.radians(_TURN_DEG) * (day[:, None] + _EQUINOX_SHIFT_D) / _DAYS
    )
    hour = np.arange(HOURS_PER_DAY) + _MIDDLE_OF_HOUR_H - _NOON_H
    angle = np.cos(np.radians(_TURN_DEG) * hour / HOURS_PER_DAY + np.radians(longitude_deg))
    latitude = np.radians(latitude_deg)
    tilted = latitude - np.sign(latitude) * np.radians(tilt_deg)
    height = np.sin(declination) * np.sin(latitude) + np.cos(declination) * np.cos(latitude) * angle
    let_through = _CLEAR ** (np.maximum(height, _LOWEST_SINE) ** -_AIR_MASS_EXPONENT) * (height > 0.0)
    cosine = np.sin(declination) * np.sin(tilted) + np.cos(declination) * np.cos(tilted) * angle
    return np.asarray(np.maximum(cosine, 0.0) * let_through)


def _check(latitude_deg: float, longitude_deg: float, tilt_deg: float) -> None:
    """Refuse a place or a tilt that no plant has."""
    require_within("latitude_deg", latitude_deg, -90.0, 90.0)
    require_within("longitude_deg", longitude_deg, -180.0, 180.0)
    require_within("tilt_deg", tilt_deg, 0.0, 90.0)
