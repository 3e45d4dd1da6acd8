"""PostgreSQL: documentation chapter 9, and a few pure functions of the contributed modules.

Left out on purpose, although they look harmless: `set_config` and `current_setting`, everything that takes a query as
text (`query_to_xml`, `ts_stat`, `ts_rewrite`), the `pg_` and `lo_` families, and everything about sequences, locks,
sessions and the server's addresses.
"""

POSTGRES_FUNCTIONS = frozenset(
    """
    ascii bit_length btrim casefold char_length character_length chr concat concat_ws convert convert_from convert_to
    decode encode format initcap left length lower lpad ltrim md5 normalize octet_length overlay parse_ident position
    quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches
    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim
    sha224 sha256 sha384 sha512 split_part starts_with string_to_array string_to_table strpos substr substring to_ascii
    to_bin to_hex to_oct translate trim unistr upper crc32 bit_count get_bit get_byte

    abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees
    div erf erfc exp factorial floor gamma gcd lcm lgamma ln log log10 min_scale mod pi pow power radians random
    random_normal round scale sign sin sind sinh sqrt tan tand tanh trim_scale trunc width_bucket

    age clock_timestamp date date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days
    justify_hours justify_interval make_date make_interval make_time make_timestamp make_timestamptz now
    statement_timestamp timeofday timezone to_char to_date to_number to_timestamp transaction_timestamp

    array_append array_cat array_dims array_length array_lower array_ndims array_position array_positions array_prepend
    array_remove array_replace array_reverse array_sample array_shuffle array_sort array_to_string array_upper
    cardinality trim_array unnest generate_series generate_subscripts enum_first enum_last enum_range

    array_to_json json_array json_array_elements json_array_elements_text json_array_length json_build_array
    json_build_object json_each json_each_text json_exists json_extract_path json_extract_path_text json_object
    json_object_keys json_query json_scalar json_strip_nulls json_to_record json_to_recordset json_typeof json_value
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each
    jsonb_each_text jsonb_exists jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object
    jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array
    jsonb_path_query_first jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof
    row_to_json to_json to_jsonb

    any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every grouping
    json_agg json_agg_strict json_arrayagg json_object_agg json_object_agg_strict json_objectagg jsonb_agg
    jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict max min mode percentile_cont percentile_disc range_agg
    range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance

    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number

    coalesce greatest least nullif num_nonnulls num_nulls

    isempty lower_inc lower_inf range_merge upper_inc upper_inf daterange int4range int8range numrange tsrange
    tstzrange datemultirange int4multirange int8multirange nummultirange tsmultirange tstzmultirange

    numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery to_tsvector ts_headline ts_rank
    ts_rank_cd tsvector_to_array websearch_to_tsquery

    abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network

    gen_random_uuid uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7

    difference dmetaphone levenshtein levenshtein_less_equal metaphone similarity soundex strict_word_similarity
    unaccent word_similarity

    current_database current_schema pg_size_pretty pg_typeof version
    """.split()
)
"""Lower case; a quoted name must be spelt so exactly."""
