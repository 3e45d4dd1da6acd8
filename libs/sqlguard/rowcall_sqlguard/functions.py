"""Functions that SQL may call, per engine. Everything not listed is refused."""

SQLITE_ENGINE_FUNCTIONS = frozenset(
    """
    abs acos acosh asin asinh atan atan2 atanh avg cast ceil ceiling char coalesce concat concat_ws cos cosh
    count cume_dist current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor
    format glob group_concat hex if ifnull iif instr json json_array json_array_length json_each json_extract
    json_group_array json_group_object json_object json_quote json_tree json_type json_valid julianday lag last_value
    lead length like likelihood likely ln log log10 log2 lower ltrim max min mod nth_value ntile nullif octet_length
    percent_rank pi pow power printf quote radians random rank replace round row_number rtrim sign sin sinh sqrt
    strftime string_agg substr substring sum tan tanh time timediff total trim trunc typeof unhex unicode unixepoch
    unlikely upper -> ->>
    """.split()
)
"""Names as SQLite's authorizer reports them, lower case."""
