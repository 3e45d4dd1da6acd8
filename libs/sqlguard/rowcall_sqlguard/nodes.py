"""Kinds of tree nodes that a reading statement may consist of, functions apart. A node of a new kind is refused."""

from sqlglot import exp

Kinds = frozenset[type[exp.Expr]]

ROOTS: Kinds = frozenset({exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery})
"""What a statement may be; `WITH` hangs below these."""

_QUERY: Kinds = frozenset(
    {
        exp.With, exp.CTE, exp.From, exp.Table, exp.TableAlias, exp.Join, exp.Lateral, exp.Values, exp.Tuple,
        exp.Where, exp.Group, exp.Cube, exp.Rollup, exp.GroupingSets, exp.Having, exp.Qualify, exp.Distinct,
        exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Fetch, exp.LimitOptions, exp.TableSample, exp.ColumnDef,
        exp.Window, exp.WindowSpec, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls,
    }
)  # fmt: skip

_NAMES_AND_VALUES: Kinds = frozenset(
    {
        exp.Column, exp.Identifier, exp.Alias, exp.Aliases, exp.Star, exp.Dot, exp.Var, exp.Literal, exp.Null,
        exp.Boolean, exp.HexString, exp.BitString, exp.RawString, exp.ByteString, exp.UnicodeString, exp.National,
        exp.Interval, exp.IntervalSpan, exp.DataType, exp.DataTypeParam, exp.Kwarg, exp.PropertyEQ, exp.Lambda,
        exp.Bracket, exp.Slice, exp.JSONKeyValue, exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey,
        exp.JSONPathSubscript, exp.JSONPathSlice, exp.JSONPathWildcard, exp.JSONPathRecursive, exp.JSONPathUnion,
        exp.JSONExtractQuote, exp.JSONValue, exp.Comprehension,
    }
)  # fmt: skip

_OPERATORS: Kinds = frozenset(
    {
        exp.Paren, exp.Neg, exp.Not, exp.BitwiseNot, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod,
        exp.DPipe, exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseLeftShift, exp.BitwiseRightShift,
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In,
        exp.Between, exp.Like, exp.ILike, exp.Glob, exp.SimilarTo, exp.Escape, exp.Any, exp.All, exp.Overlaps,
        exp.AtTimeZone, exp.Match, exp.Distance, exp.Adjacent, exp.ExtendsLeft, exp.ExtendsRight,
    }
)  # fmt: skip

ALLOWED_NODES: Kinds = ROOTS | _QUERY | _NAMES_AND_VALUES | _OPERATORS
"""Left out on purpose: INTO, locks, parameters, hints, PIVOT (DuckDB makes several statements of it), OPERATOR()."""
