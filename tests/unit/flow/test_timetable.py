"""Opening hours are taken as people write them, wherever they can be read in one way only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.timetable import holiday, spans

DAYS = {"Mon-Fri": range(5), "Mon": [0], "Sat": [5], "Sun": [6], "Sat,Sun": [5, 6], "Daily": range(7),
        "Fri-Mon": [4, 5, 6, 0]}  # fmt: skip


def written_out(line):
    """Return the openings of `Mon-Fri 09:00-17:00; Sat 10:00-14:00`, by the day and the clock."""
    found = []
    for part in line.split("; "):
        days, clock = part.split(" ")
        opens, closes = (60 * int(time[:2]) + int(time[3:]) for time in clock.split("-"))
        found += [(day * 1440 + opens, day * 1440 + closes + 1440 * (closes <= opens)) for day in DAYS[days]]
    return found


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00"),
        ("Mo-Fr 9-17", "Mon-Fri 09:00-17:00"),
        ("Mo - Fr 9 \u2013 17 Uhr", "Mon-Fri 09:00-17:00"),
        ("Mo.-Fr.: 9.00-17.00", "Mon-Fri 09:00-17:00"),
        ("Mondays to Fridays 9am to 5pm", "Mon-Fri 09:00-17:00"),
        ("Mon—Fri 9:00 a.m. \u2212 5:00 P.M.", "Mon-Fri 09:00-17:00"),
        ("MON-FRI 9-5PM", "Mon-Fri 09:00-17:00"),
        ("lun-ven 9h-17h", "Mon-Fri 09:00-17:00"),
        ("lunedì-venerdì 09h00-17h00", "Mon-Fri 09:00-17:00"),
        ("maandag-vr 9-17", "Mon-Fri 09:00-17:00"),
        ("Mon-Fri 0900-1700", "Mon-Fri 09:00-17:00"),
        ("Mo-Fr 08-12,13-18", "Mon-Fri 08:00-12:00; Mon-Fri 13:00-18:00"),
        ("Mo-Fr 8-12 und 13-18", "Mon-Fri 08:00-12:00; Mon-Fri 13:00-18:00"),
        ("Mon-Fri 9-17, Sat 10-14", "Mon-Fri 09:00-17:00; Sat 10:00-14:00"),
        ("Mon-Fri 9-17; Sat, Sun 10-14", "Mon-Fri 09:00-17:00; Sat,Sun 10:00-14:00"),
        ("Sat and Sun 10-14", "Sat,Sun 10:00-14:00"),
        ("Sa & So 10-14", "Sat,Sun 10:00-14:00"),
        ("Fr-Mo 1-5pm", "Fri-Mon 13:00-17:00"),
        ("Mon 8am-12pm", "Mon 08:00-12:00"),
        ("Mon 8-12pm", "Mon 08:00-12:00"),
        ("Mon 6pm-12am", "Mon 18:00-00:00"),
        ("Mon 12am-6am", "Mon 00:00-06:00"),
        ("Mon 9am-17", "Mon 09:00-17:00"),
        ("Mon 22-2", "Mon 22:00-02:00"),
        ("Mon 10:00-02:00", "Mon 10:00-02:00"),
        ("Mon 18-0", "Mon 18:00-00:00"),
        ("täglich 0-24", "Daily 00:00-24:00"),
        ("every day 10-14", "Daily 10:00-14:00"),
        ("24/7", "Daily 00:00-24:00"),
        ("Sáb, dom 10-14", "Sat,Sun 10:00-14:00"),
    ],
)
def test_hours_are_read_as_people_write_them(line, meant):
    found, _ = spans(line)
    assert [(span.opens, span.closes) for span in found] == written_out(meant)


def test_an_entry_without_days_has_those_of_the_one_before():
    _, days = spans("Sun 9-10, Mon-Fri 08-12")
    assert [span.day for span in spans("13-18", days)[0]] == list(range(5))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", 'expected "Mon-Fri 09:00-18:00"'),
        ("9-17", 'on which days? write "Daily 09:00-17:00" or "Mon-Fri 09:00-17:00"'),
        ("9am-5pm", 'on which days? write "Daily 09:00-17:00" or "Mon-Fri 09:00-17:00"'),
        ("08-12,13-18", 'on which days? write "Daily 08:00-12:00"'),
        ("Mon-Fri", "the hours are missing"),
        ("Mon", "the hours are missing"),
        ("Mon 9", "when it opens and when it closes"),
        ("Mon 9:00-", "when it opens and when it closes"),
        ("Mon-Fry 09:00-18:00", '"fry" is no day, did you mean "Fri"?'),
        ("Mittwochs-Nachmittag 9-12", '"nachmittag" is no day; write Mon, Tue, Wed, Thu, Fri, Sat, Sun or Daily'),
        ("day 09:00-10:00", '"day" is no day'),
        ("Di-Do 9-17", '"di" is another day in another language; write Tue or Sun'),
        ("Tue-Do 9-17", '"do" is another day in another language; write Thu or Sun'),
        ("ma 9-17", "write Mon or Tue"),
        ("M-F 9-17", '"m" is no day'),
        ("Mon 9-5", 'that may end in the afternoon or in the night; write "09:00-17:00" or "09:00-05:00"'),
        ("Mon 12:00-2:30", 'write "12:00-14:30" or "12:00-02:30"'),
        ("Mon 9am-5", 'write "09:00-17:00" or "09:00-05:00"'),
        ("Mon 09:00-09:00", 'write "00:00-24:00" for a whole day'),
        ("Mon 24:00-25:00", "from 00:00 to 24:00"),
        ("Mon 24:00-10:00", "for a whole day"),
        ("Mon 09:60-10:00", "from 00:00 to 24:00"),
        ("Mon 13pm-14pm", '"13pm" is no time; with am and pm the hours go from 1 to 12'),
        ("Sun closed", "leave out the days and hours on which it is closed"),
        ("So geschlossen", "leave out the days and hours on which it is closed"),
        ("Mon- 09:00-10:00", "expected"),
        ("Mon 9=17", "when it opens and when it closes"),
        ("Mon-Tue-Wed 09:00-10:00", "expected"),
    ],
)
def test_what_is_unsure_or_missing_is_said(line, told):
    with pytest.raises(ValueError, match=r"\w") as raised:
        spans(line)
    assert told in str(raised.value)


@given(st.text(alphabet="MonTueSunday,- 0123456789:.apmh;\u2013\u00e4", max_size=30))
def test_any_line_is_read_or_refused(line):
    try:
        found, days = spans(line)
    except ValueError:
        return
    assert days
    assert all(0 <= span.opens < span.closes <= span.opens + 24 * 60 for span in found)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2026-12-25", "2026-12-25"), ("12-25", "12-25"), ("25.12.", "12-25"), ("1.5.", "05-01"), ("25.12", "12-25"),
     ("25.12.2026", "2026-12-25"), ("25. 12. 2026", "2026-12-25"), ("02-29", "02-29")],
)  # fmt: skip
def test_a_holiday_is_a_day_of_one_year_or_of_each(written, meant):
    assert holiday(written) == meant


@pytest.mark.parametrize("day", ["2026-02-29", "02-30", "", "2026-13-01", "12/25", "31.4.", "1225", "25.12.26"])
def test_what_is_no_day(day):
    with pytest.raises(ValueError):  # noqa: PT011 -- any will do, the reader says what was expected
        holiday(day)
