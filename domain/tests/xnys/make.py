"""Writes xnys.txt: how the days of XNYS differ from "every weekday is a session, from 09:30 to 16:00".

    pip install exchange_calendars && python make.py > xnys.txt

A line is a weekday that is no session (`2026-11-26 closed`) or a session with other hours (`2026-11-27 09:30 13:00`, New York time).
A weekend day that is a session would be a line too; there is none.
"""

import exchange_calendars
import pandas

FIRST, LAST = "1990-01-01", "2035-12-31"
calendar = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST)
print(f"# XNYS, {FIRST} to {LAST}, by exchange_calendars {exchange_calendars.__version__}. Made by make.py.")
schedule = calendar.schedule
opens = schedule["open"].dt.tz_convert("America/New_York").dt.strftime("%H:%M")
closes = schedule["close"].dt.tz_convert("America/New_York").dt.strftime("%H:%M")
sessions = {day.date().isoformat(): (opens[day], closes[day]) for day in schedule.index}
for day in pandas.date_range(FIRST, LAST):
    date, weekday = day.date().isoformat(), day.day_of_week < 5
    hours = sessions.get(date)
    if hours is None and weekday:
        print(date, "closed")
    elif hours is not None and (hours != ("09:30", "16:00") or not weekday):
        print(date, *hours)
