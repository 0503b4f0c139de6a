#!/usr/bin/env python3
"""Bars as others write them in Parquet: what tests/source_files.rs reads.

Needs pyarrow, pandas and polars. From the folder of the crate: python3 tests/source/make.py
All have the bars of FB (196), many.parquet also the last hundred of AAPL, the two mixed.
"""

import decimal

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

OUT = "tests/source/"
NAMES = ["Open", "High", "Low", "Close"]


def main():
    bars = pd.read_csv("data/ohlcv.csv.gz", parse_dates=["Date"])
    fb = bars[bars.Ticker == "FB"].drop(columns="Ticker")
    # A table of pandas: moments in nanoseconds or microseconds, Snappy.
    fb.set_index("Date").to_parquet(OUT + "pandas.parquet")
    # Polars: real dates, Zstandard.
    pl.from_pandas(fb).with_columns(pl.col("Date").cast(pl.Date)).write_parquet(OUT + "polars.parquet")
    # What Spark wrote for a long time: moments of 96 bits, decimals; gzip.
    exact = lambda price: decimal.Decimal(str(price)).quantize(decimal.Decimal("0.0001"))
    columns = {name.lower(): pa.array([exact(price) for price in fb[name]], pa.decimal128(12, 4)) for name in NAMES}
    table = pa.table(
        {"day": pa.array(fb.Date, pa.timestamp("ns"))}
        | columns
        | {"volume": pa.array(fb.Volume, pa.int64()), "adjusted_close": pa.array(fb["Adj Close"], pa.float64())}
    )
    pq.write_table(table, OUT + "spark.parquet", use_deprecated_int96_timestamps=True, compression="gzip")
    pq.write_table(table, OUT + "decimals.parquet", store_decimal_as_integer=True, compression="none")
    # Many symbols, mixed, in small groups of rows; dates as text, volumes that could be missing.
    many = pd.concat([bars[bars.Ticker == "FB"], bars[bars.Ticker == "AAPL"].tail(100)]).sort_values(["Date", "Ticker"])
    many = many.assign(Date=many.Date.dt.strftime("%Y-%m-%d"), Volume=many.Volume.astype("Int64"))
    many = many.rename(columns={"Ticker": "symbol"})
    many.to_parquet(OUT + "many.parquet", row_group_size=64, index=False)


if __name__ == "__main__":
    main()
