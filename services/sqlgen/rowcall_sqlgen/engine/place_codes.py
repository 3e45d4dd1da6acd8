"""Places that columns keep as codes and questions call by name: `California` for CA, `Germany` for DE."""

from collections.abc import Mapping

from rowcall_contracts.catalog import Column
from rowcall_sqlgen.engine.identifiers import spelled_words

_STATES = (  # USPS Publication 28, appendix B, and Canada Post's provinces
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|"
    "KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|"
    "MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|"
    "WV West Virginia|WI Wisconsin|WY Wyoming|AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|"
    "NL Newfoundland and Labrador|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|"
    "PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)
_COUNTRIES = (  # ISO 3166-1 alpha-2, the countries of more than ten million people or of the OECD
    "AE United Arab Emirates|AF Afghanistan|AO Angola|AR Argentina|AT Austria|AU Australia|AZ Azerbaijan|BD Bangladesh|"
    "BE Belgium|BF Burkina Faso|BI Burundi|BJ Benin|BO Bolivia|BR Brazil|BY Belarus|CA Canada|CD Congo|CH Switzerland|"
    "CI Ivory Coast|CL Chile|CM Cameroon|CN China|CO Colombia|CR Costa Rica|CU Cuba|CZ Czechia|DE Germany|DK Denmark|"
    "DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|ES Spain|ET Ethiopia|FI Finland|FR France|"
    "GB United Kingdom|GH Ghana|GN Guinea|GR Greece|GT Guatemala|HN Honduras|HT Haiti|HU Hungary|ID Indonesia|"
    "IE Ireland|IL Israel|IN India|IQ Iraq|IR Iran|IS Iceland|IT Italy|JO Jordan|JP Japan|KE Kenya|KH Cambodia|"
    "KP North Korea|KR South Korea|KZ Kazakhstan|LK Sri Lanka|LT Lithuania|LU Luxembourg|LV Latvia|MA Morocco|"
    "MG Madagascar|ML Mali|MM Myanmar|MW Malawi|MX Mexico|MY Malaysia|MZ Mozambique|NE Niger|NG Nigeria|NL Netherlands|"
    "NO Norway|NP Nepal|NZ New Zealand|PE Peru|PG Papua New Guinea|PH Philippines|PK Pakistan|PL Poland|PT Portugal|"
    "RO Romania|RU Russia|RW Rwanda|SA Saudi Arabia|SD Sudan|SE Sweden|SG Singapore|SI Slovenia|SK Slovakia|SN Senegal|"
    "SO Somalia|SS South Sudan|SY Syria|TD Chad|TH Thailand|TN Tunisia|TR Turkey|TW Taiwan|TZ Tanzania|UA Ukraine|"
    "UG Uganda|US United States|UZ Uzbekistan|VE Venezuela|VN Vietnam|YE Yemen|ZA South Africa|ZM Zambia|ZW Zimbabwe"
)


def _parsed(places: str) -> dict[str, str]:
    return {code: name for code, _, name in (place.partition(" ") for place in places.split("|"))}


_NAMES: Mapping[str, Mapping[str, str]] = {
    "state": _parsed(_STATES),
    "province": _parsed(_STATES),
    "country": _parsed(_COUNTRIES),
}


def place_names(column: Column) -> Mapping[str, str]:
    """Returns the name of the place for each code that the column stores; none where it stores anything else."""
    for names in (_NAMES[word] for word in spelled_words(column.name) if word in _NAMES):
        stored = [value for value in column.profile.values if isinstance(value, str)]
        if stored and all(value.upper() in names for value in stored):
            return {value: names[value.upper()] for value in stored}
    return {}
