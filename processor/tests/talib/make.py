#!/usr/bin/env python3
"""What Python's TA-Lib says of the real bars: the table that tests/talib.rs holds against what the processor has stored.

Needs numpy and TA-Lib (https://pypi.org/project/TA-Lib/). From the folder of the crate: python3 tests/talib/make.py

One line per symbol and column: its name, then the values day by day, eleven digits each, `-` while there is none. One line per
symbol and candlestick pattern: `bar:signal` wherever there is one. Prices are adjusted as the processor adjusts them: the close is
the adjusted close, another price is multiplied by adjusted close / close, and a price that was the close still is it.
"""

import csv
import gzip
import io

import numpy as np
import talib

AVERAGES = (5, 10, 20, 50, 100, 200)


def series():
    with gzip.open("data/ohlcv.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    for symbol in sorted({row["Ticker"] for row in rows}):
        bars = [row for row in rows if row["Ticker"] == symbol]
        column = lambda name: np.array([float(bar[name]) for bar in bars])
        close, adjusted = column("Close"), column("Adj Close")
        factor = adjusted / close
        scaled = lambda price: np.where(price == close, adjusted, price * factor)
        yield symbol, scaled(column("Open")), scaled(column("High")), scaled(column("Low")), adjusted


def columns(high, low, close):
    for bars in AVERAGES:
        yield f"sma_{bars}", talib.SMA(close, bars)
    for bars in AVERAGES:
        yield f"ema_{bars}", talib.EMA(close, bars)
    yield "rsi_14", talib.RSI(close, 14)
    yield from zip(("macd", "macd_signal", "macd_histogram"), talib.MACD(close, 12, 26, 9))
    yield from zip(("bb_upper", "bb_middle", "bb_lower"), talib.BBANDS(close, 20, 2.0, 2.0, talib.MA_Type.SMA))
    yield from zip(("stoch_k", "stoch_d"), talib.STOCHF(high, low, close, 14, 3, talib.MA_Type.SMA))
    yield "atr_14", talib.ATR(high, low, close, 14)
    yield "adx_14", talib.ADX(high, low, close, 14)


def candles(*prices):
    yield "Doji", talib.CDLDOJI(*prices)
    yield "Hammer", talib.CDLHAMMER(*prices)
    yield "HangingMan", talib.CDLHANGINGMAN(*prices)
    yield "ShootingStar", talib.CDLSHOOTINGSTAR(*prices)
    yield "Engulfing", talib.CDLENGULFING(*prices)
    yield "Harami", talib.CDLHARAMI(*prices)
    yield "MorningStar", talib.CDLMORNINGSTAR(*prices, penetration=0.3)
    yield "EveningStar", talib.CDLEVENINGSTAR(*prices, penetration=0.3)


def main():
    out = io.StringIO()
    print(f"# TA-Lib {talib.__ta_version__.decode()}, its Python package {talib.__version__}", file=out)
    for symbol, open_, high, low, close in series():
        for name, values in columns(high, low, close):
            print(symbol, name, *("-" if np.isnan(value) else f"{value:.11g}" for value in values), file=out)
        for name, signals in candles(open_, high, low, close):
            print(symbol, name, *(f"{at}:{signals[at]}" for at in np.flatnonzero(signals)), file=out)
    with open("tests/talib/expected.txt.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as file:
        file.write(out.getvalue().encode())


main()
