"""Functions that sqlglot knows by a class of its own rather than by name, whatever dialect they come from.

They are what sqlglot makes of the names in the lists beside this one; tests hold the two together.
"""

from sqlglot import exp

TYPED_FUNCTIONS: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Abs, exp.Acos, exp.Acosh, exp.And, exp.AnyValue, exp.ApproxDistinct, exp.ApproxQuantile,
        exp.ArgMax, exp.ArgMin, exp.Array, exp.ArrayAgg, exp.ArrayAppend, exp.ArrayConcat,
        exp.ArrayContainedBy, exp.ArrayContains, exp.ArrayContainsAll, exp.ArrayDistinct, exp.ArrayFilter,
        exp.ArrayIntersect, exp.ArrayMax, exp.ArrayMin, exp.ArrayOverlaps, exp.ArrayPosition, exp.ArrayPrepend,
        exp.ArrayRemove, exp.ArrayReverse, exp.ArraySize, exp.ArraySlice, exp.ArraySort, exp.ArrayToString,
        exp.Ascii, exp.Asin, exp.Asinh, exp.Atan, exp.Atan2, exp.Atanh, exp.Avg, exp.BitLength,
        exp.BitwiseAndAgg, exp.BitwiseCount, exp.BitwiseOrAgg, exp.BitwiseXorAgg, exp.Case, exp.Cast, exp.Cbrt,
        exp.Ceil, exp.Chr, exp.Coalesce, exp.Collate, exp.Concat, exp.ConcatWs, exp.Contains,
        exp.ConvertTimezone, exp.Corr, exp.Cos, exp.Cosh, exp.CosineDistance, exp.Cot, exp.Count, exp.CountIf,
        exp.CovarPop, exp.CovarSamp, exp.CumeDist, exp.CurrentDatabase, exp.CurrentDate, exp.CurrentDatetime,
        exp.CurrentSchema, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentVersion, exp.Date, exp.DateAdd,
        exp.DateBin, exp.DateDiff, exp.DateFromParts, exp.DateSub, exp.DateTrunc, exp.Datetime,
        exp.DatetimeTrunc, exp.Day, exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.Dayname,
        exp.Decode, exp.DecodeCase, exp.Degrees, exp.DenseRank, exp.Elt, exp.Encode, exp.EndsWith,
        exp.EuclideanDistance, exp.Exists, exp.Exp, exp.Explode, exp.ExplodingGenerateSeries, exp.Extract,
        exp.Factorial, exp.First, exp.FirstValue, exp.Flatten, exp.Floor, exp.Format, exp.FromBase64,
        exp.FromJson, exp.GenerateSeries, exp.Getbit, exp.Greatest, exp.GroupConcat, exp.Grouping,
        exp.GroupingId, exp.Hex, exp.Host, exp.Hour, exp.If, exp.Initcap, exp.IsInf, exp.IsNan, exp.JSONArray,
        exp.JSONArrayAgg, exp.JSONArrayAppend, exp.JSONArrayInsert, exp.JSONBContains,
        exp.JSONBContainsAllTopKeys, exp.JSONBContainsAnyTopKeys, exp.JSONBContainsTopKey, exp.JSONBExists,
        exp.JSONBExtract, exp.JSONBExtractScalar, exp.JSONBObjectAgg, exp.JSONExtract, exp.JSONExtractScalar,
        exp.JSONKeys, exp.JSONObject, exp.JSONObjectAgg, exp.JSONRemove, exp.JSONSet, exp.JSONStripNulls,
        exp.JSONType, exp.JarowinklerSimilarity, exp.JustifyDays, exp.JustifyHours, exp.JustifyInterval,
        exp.Kurtosis, exp.Lag, exp.Last, exp.LastDay, exp.LastValue, exp.Lead, exp.Least, exp.Left, exp.Length,
        exp.Levenshtein, exp.Ln, exp.Localtime, exp.Localtimestamp, exp.Log, exp.LogicalAnd, exp.LogicalOr,
        exp.Lower, exp.MD5, exp.MakeInterval, exp.Map, exp.MapFromEntries, exp.MapKeys, exp.Max, exp.Median,
        exp.Min, exp.Minute, exp.Mode, exp.Month, exp.Monthname, exp.Normalize, exp.NthValue, exp.Ntile,
        exp.Nullif, exp.NumberToStr, exp.Or, exp.Overlay, exp.Pad, exp.ParseJSON, exp.PercentRank,
        exp.PercentileCont, exp.PercentileDisc, exp.Pi, exp.Pow, exp.Quantile, exp.Quarter, exp.Radians,
        exp.Rand, exp.Rank, exp.RegexpCount, exp.RegexpExtract, exp.RegexpExtractAll, exp.RegexpFullMatch,
        exp.RegexpILike, exp.RegexpInstr, exp.RegexpLike, exp.RegexpReplace, exp.RegexpSplit, exp.RegexpSubstr,
        exp.RegrAvgx, exp.RegrAvgy, exp.RegrCount, exp.RegrIntercept, exp.RegrR2, exp.RegrSlope, exp.RegrSxx,
        exp.RegrSxy, exp.RegrSyy, exp.Repeat, exp.Replace, exp.Reverse, exp.Right, exp.Round, exp.RowNumber,
        exp.SHA, exp.SHA2, exp.SHA2Digest, exp.Second, exp.Sign, exp.Sin, exp.Sinh, exp.Skewness, exp.Soundex,
        exp.Space, exp.Split, exp.SplitPart, exp.Sqrt, exp.StartsWith, exp.Stddev, exp.StddevPop,
        exp.StddevSamp, exp.StrPosition, exp.StrToDate, exp.StrToTime, exp.StringToArray, exp.Struct,
        exp.StructExtract, exp.Stuff, exp.Substring, exp.SubstringIndex, exp.Sum, exp.Tan, exp.Tanh, exp.Time,
        exp.TimeFromParts, exp.TimeToStr, exp.TimeToUnix, exp.Timestamp, exp.TimestampAdd, exp.TimestampDiff,
        exp.TimestampFromParts, exp.TimestampTrunc, exp.ToBase64, exp.ToBinary, exp.ToDays, exp.ToMap, exp.ToNumber,
        exp.Transform, exp.Translate, exp.Trim, exp.Trunc, exp.TryCast, exp.TsOrDsAdd, exp.TsOrDsToDate,
        exp.TsOrDsToDatetime, exp.TsOrDsToTime, exp.TsOrDsToTimestamp, exp.Typeof, exp.Unhex, exp.Unicode,
        exp.UnixToTime, exp.Unnest, exp.Upper, exp.UtcDate, exp.UtcTime, exp.UtcTimestamp, exp.Uuid,
        exp.Variance, exp.VariancePop, exp.Week, exp.WeekOfYear, exp.WeightString, exp.WidthBucket, exp.Xor,
        exp.Year,
    }
)  # fmt: skip
"""Classes of the parsed tree; subclasses do not count."""
