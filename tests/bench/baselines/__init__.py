"""The same work written the obvious way in pandas, Polars and Spark: what jicha is measured against."""
