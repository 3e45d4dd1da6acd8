"""The engine's English: cue phrases, adjectives, synonyms and the words that carry no condition. Data only."""

from rowcall_sqlgen.engine.marks import (
    Aggregate,
    Aggregating,
    Comparing,
    Cue,
    Limit,
    Mark,
    Operator,
    Role,
    Superlative,
)

_PHRASES: dict[Mark, str] = {
    Cue.COUNT: """
        how many | number of | numbers of | the numbers of | the number of | count | count of |
        count the number of | quantity of
    """,
    Cue.EVERYTHING: """
        all information | all the information | information | all details | all the details | everything about |
        all information about | all the information about | information about | details about | all details about |
        all info about | all columns of | all the columns of | all fields of | all info
    """,
    Cue.OR_MORE: "or more | or above | or higher | or greater | or over | or later | or after",
    Cue.OR_LESS: "or less | or fewer | or below | or lower | or under | or earlier | or before",
    Cue.BREAK: "? | . | ! | ;",
    Cue.EACH: """
        each | every | per | for different | for each | for every | in each | of each | by each |
        at each | each of | for all the different | for each of | in every | of every | with each |
        within each | for each of the | each different | for each different | of each different | with every
    """,
    Cue.BY: "by | grouped by | group by | broken down by | split by | according to",
    Cue.SORT: """
        sorted by | sort by | ordered by | order by | in order of | in the order of | sort |
        order | sorted in | ordered in | listed by | sorted according to | sorted | ordered | sort them by |
        order them by | sort the list by | ordered by their | sorted by their
    """,
    Cue.RANKED: "rank | ranked by | rank by | ranked according to",
    Cue.ASCENDING: """
        ascending | in ascending order | ascending order | from low to high | from lowest to highest |
        alphabetically | alphabetical order | in alphabetical order | increasing | in increasing order |
        from small to large | lexicographically | in ascending order of | ascending order of |
        alphabetical order of | in alphabetical order of | in lexicographical order | from youngest to oldest |
        from the youngest to the oldest | from oldest to newest | in ascending alphabetical order |
        in lexicographic order | lexicographic order | in increasing order of | ascending alphabetical order |
        from smallest to largest | from least to most | in ascending lexicographical order |
        ascending lexicographical order
    """,
    Cue.DESCENDING: """
        descending | in descending order | descending order | from high to low | from highest to lowest |
        decreasing | in decreasing order | from large to small | in reverse order | in descending order of |
        descending order of | from oldest to youngest | from most to least | in reverse alphabetical order |
        in decreasing order of | reverse alphabetical order | from the oldest to the youngest | largest first |
        in descending alphabetical order | from newest to oldest | from largest to smallest | highest first |
        in descending lexicographical order | descending lexicographical order | in reverse lexicographical order
    """,
    Cue.NOT: """
        not | never | excluding | except | except for | other than | besides | neither | but not | are not |
        do not | not in
    """,
    Cue.WITHOUT: """
        without | without any | with no | have no | having no | not have | not have any | do not have |
        do not have any | without a | had no | that lack | lacking | without an | not have a | do not have a |
        not contain any | not having | who lack
    """,
    Cue.MISSING: "missing | null | unknown | empty | not known | not available | not recorded | with no value",
    Cue.AND: """
        and | , | as well as | along with | & | together with | also | and also | and the | and their | plus
    """,
    Cue.OR: "or",
    Cue.EITHER: "either",
    Cue.WITH: """
        with | whose | having | have | has | that have | which have | who have | where | that | which is | who are |
        who | that are | with a | that has | contain | had | possess | who had | that had | with an | with the |
        when | having a | have a | and have | and whose
    """,
    Cue.OF: "of | 's | by all | by all the",
    Cue.IS: """
        is | are | was | were | be | = | equal | equals | equal to | is equal to | exactly | of exactly | being | as
    """,
    Cue.WHICH: "which | what | what kind of | what kinds of | which kind of",
    Cue.DISTINCT: """
        distinct | different | unique | various | all different | all distinct | all the distinct |
        all the different
    """,
    Cue.BETWEEN: "between | in between | ranging from | in the range of | in the range",
    Cue.BOTH: "both",
    Cue.FREQUENT: """
        most common | most frequent | most popular | most frequently used | most commonly used | most often |
        most frequently | most commonly | most used | busiest
    """,
    Cue.RARE: "least common | rarest | least popular | least frequent | least used | least commonly | quietest",
    Cue.MEAN: """
        the average | average | the mean | mean | than average | than the average | than the mean | the average of |
        the overall average
    """,
    Cue.NAMED: """
        named | called | titled | by the name of | name is | with the name | with name | whose name is | of name |
        with the title | entitled
    """,
    Cue.STARTS: """
        starting with | start with | starts with | beginning with | begin with | begins with |
        starts with the letter | starting with the letter | start with the letter | starting with letter |
        begins with the letter | begin with the letter | starts with letter
    """,
    Cue.ENDS: "ending with | end with | ends with | ending in | ends in | end in | ends with the letter",
    Cue.CONTAINS: """
        containing | contains | containing the word | contains the word | contain the word | including the word |
        includes the word | containing the letter | contain the letter | contains the letter | contain letter |
        containing the substring | contains the substring | contain the substring | contain substring |
        contains letter | include the word | includes | have the word | has the word | contain the string |
        contains the string
    """,
    Cue.SOME: "any | some | at all",
    Aggregating(Aggregate.AVG): """
        average | mean | avg | on average | average value of | the average of | the average | the mean |
        the overall average
    """,
    Aggregating(Aggregate.SUM): """
        total | sum | sum of | total amount of | total of | combined | overall | in total | altogether |
        the total of | total sum of | total value of
    """,
    Aggregating(Aggregate.MAX): "maximum | max | maximal",
    Aggregating(Aggregate.MIN): "minimum | min | minimal",
    Comparing(Operator.GT): """
        more | more than | greater than | over | above | exceeding | exceeds | exceed | > | higher than |
        larger than | bigger than | is greater than | at a higher | beyond | strictly more than | larger | higher |
        after | later than
    """,
    Comparing(Operator.GE): """
        at least | no less than | not less than | >= | greater than or equal to | no fewer than |
        more than or equal to | not below | a minimum of | minimum of | greater or equal than | since |
        on or after | in or after | starting from | during or after
    """,
    Comparing(Operator.LT): """
        less | fewer | less than | fewer than | under | below | lower than | smaller than | < | lesser than |
        strictly less than | smaller | lower | before | earlier than | prior to
    """,
    Comparing(Operator.LE): """
        at most | no more than | not more than | <= | less than or equal to | up to | not above | a maximum of |
        maximum of | fewer than or equal to | smaller or equal than | until | on or before | in or before
    """,
    Superlative(descending=True): """
        highest | largest | biggest | greatest | maximum | max | top | maximal | the top
    """,
    Superlative(descending=False): "lowest | smallest | least | minimum | min | minimal",
    Superlative(descending=True, counting=True): """
        most | most number of | highest number of | largest number of | greatest number of | maximum number of |
        the most | highest count of | the largest amount of | most amount of | the highest number of |
        the most number of | the greatest number of | the largest number of | biggest number of
    """,
    Superlative(descending=False, counting=True): """
        fewest | least | lowest number of | smallest number of | least number of | fewest number of |
        minimum number of | the fewest | the least | the least number of | the smallest number of |
        the lowest number of
    """,
    Limit(count=10, ranked=True): "top ten",
    Role("from"): """
        from | departing from | leaving from | leaving | departed from | starting from | out of | starting in |
        departing | depart from | leave from | originating from | starting at | that leave | left
    """,
    Role("to"): """
        to | going to | arriving at | arriving in | into | heading to | bound for | towards | arrive at |
        landing at | landing in | arrive in | ending at | flying to | arrived at | arriving | ending in
    """,
}


def _lexicon() -> dict[tuple[str, ...], tuple[Mark, ...]]:
    found: dict[tuple[str, ...], tuple[Mark, ...]] = {}
    for mark, phrases in _PHRASES.items():
        for phrase in phrases.split("|"):
            key = tuple(phrase.split())
            if mark not in found.get(key, ()):
                found[key] = (*found.get(key, ()), mark)
    return found


LEXICON = _lexicon()
LONGEST_PHRASE = max(map(len, LEXICON))

QUANTITY_NOUNS = ("amount", "quantity")
"""Words of cues that columns are called, too."""

STOP_WORDS = frozenset(
    """
    a an the please can could you would tell me us i we my our your want know like to show list give find get
    return display see look let print output retrieve provide compute calculate determine select fetch report
    up out do did done will it its it's they them their those these this there here in on at for all who does
    among across when if then so just also only hi hello hey thanks thank need name's ok okay been has am ever
    every which's such data record records currently respectively corresponding associated each's that's one's
    he she his her him same times following given total's hold held where what's list's find's whole entire
    """.split()
)
"""Politeness, requests, articles, pronouns and prepositions: leaving them out changes no answer."""

LIGHT_VERBS = frozenset(
    """
    make made do done have had take taken took get got give belong own owned use used using hold held contain
    include included including offer offered operate operated fly flew flown run exist existing come came go serve
    went gone live lives living lived work working worked based located locate appear appearing serve served play
    played participate participated attend attended join enrolled enroll registered register related involve
    involved assigned assign listed recorded stored carried carry written write wrote produced produce
    published directed associate associated present available happen happened occur occurred receive received
    bought buy purchased purchase ordered placed place made-by teach taught study studying taking perform
    performed star starring managed manage belonging stay staying visited visit won win host hosted shown show
    found stand sold sell sent send create created help provide provided require required release released
    lead led issue issued
    """.split()
)
"""Verbs that only restate a link which the data declares; each one used lowers the confidence."""

CHANGING_VERBS = frozenset({"alter", "delete", "drop", "insert", "truncate", "update"})
UNSUPPORTED_OPENINGS = frozenset({"where", "when"})
"""Question words that ask for something the sentence does not name."""

UNITS = frozenset(
    """
    mile miles km kilometers kilometer meters meter feet foot minute minutes hour hours second seconds dollar
    dollars usd euros euro percent years year old pounds kg degrees units day days week weeks mins hrs
    """.split()
)
"""Words that may follow a number; the number is compared in the column's own unit."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "aged": ("age",),
    "airplane": ("plane",),
    "aircraft": ("plane", "airplane"),
    "airline": ("carrier",),
    "author": ("writer",),
    "born": ("birth", "birthdate"),
    "capacity": ("seat",),
    "car": ("vehicle", "automobile"),
    "client": ("customer",),
    "company": ("firm", "organization", "enterprise", "business"),
    "cost": ("price", "amount"),
    "country": ("nation", "nationality"),
    "dad": ("father",),
    "delayed": ("delay",),
    "doctor": ("physician",),
    "duration": ("length",),
    "email": ("mail",),
    "employee": ("staff", "worker"),
    "elevation": ("altitude",),
    "film": ("movie",),
    "firm": ("company",),
    "gender": ("sex",),
    "identifier": ("id",),
    "ids": ("id",),
    "income": ("salary",),
    "job": ("occupation", "position"),
    "kind": ("type", "category"),
    "length": ("duration",),
    "longitude": ("long",),
    "maker": ("manufacturer",),
    "mark": ("grade", "score"),
    "movie": ("film",),
    "nation": ("country",),
    "number": ("id", "count"),
    "pay": ("salary", "payment"),
    "person": ("people",),
    "phone": ("telephone",),
    "price": ("cost",),
    "profession": ("occupation",),
    "pupil": ("student",),
    "rainfall": ("precipitation",),
    "rate": ("rating",),
    "salary": ("wage", "income"),
    "school": ("college", "university"),
    "score": ("point", "rating"),
    "sex": ("gender",),
    "shop": ("store",),
    "song": ("track",),
    "store": ("shop",),
    "surname": ("lastname",),
    "teacher": ("instructor", "professor"),
    "telephone": ("phone",),
    "title": ("name",),
    "town": ("city",),
    "type": ("category", "kind"),
    "user": ("customer",),
    "wage": ("salary",),
    "zip": ("postcode",),
}
"""A word of the question and the words of an identifier that it may stand for."""

GENDERS = {"male": "m", "man": "m", "female": "f", "woman": "f"}
"""Words for people and the letters that columns called sex or gender hold."""

ROLE_WORDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "from": (
        frozenset("origin source from start departure departing sender".split()),
        frozenset("destination to end arrival target dest receiver".split()),
    ),
    "to": (
        frozenset("destination to end arrival target dest receiver".split()),
        frozenset("origin source from start departure departing sender".split()),
    ),
}
"""A preposition: the column words it asks for, and those it rules out."""

ROLE_NOUNS = {"arrival": "to", "departure": "from"}
"""Those of the column words that also name what happens, and so the rows that record it."""

ROLE_ADJECTIVES = {
    "arriving": "to",
    "inbound": "to",
    "incoming": "to",
    "departing": "from",
    "outbound": "from",
    "outgoing": "from",
}
"""Words before a table's name that say which end of its rows is meant."""

QUESTION_WORDS = frozenset("how what which who whom whose many much".split())
"""Words that open a question: none of them is what was not understood."""
