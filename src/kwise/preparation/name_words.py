"""What a column's name says of it: one set of words for each kind that a name can tell."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"(.*?)[\s_.\-\[(]*\d+[\])]?")


def _these(words: str) -> set[str]:
    """Return the words of a line as a set."""
    return set(words.split())


IDS = {"id", "ids", "uuid", "guid", "rowid"}  # an id whatever its cells
# An id where nearly every cell is another number: the words have other meanings too.
PERHAPS_IDS = {"index", "idx", "row", "rownum", "rownr", "rownames", "rowname", "nr", "no", "key",
               "serial", "record", "num", "number", "nbr"}  # fmt: skip
# What is numbered: customer no, order number, patientid.
THINGS = _these(
    "account acct admission animal artist author book bill branch campaign car card case cell "
    "child city claim client company contact contract country county course cust customer device "
    "doc document emp employee encounter event family film firm flight game gene geo hh house "
    "household invoice item lead listing loan lot match member merchant movie node obj object "
    "order page parcel passenger patient payment person pers pet plant player plot policy post "
    "product property provider purchase receipt rec record region reg ride room roll row sales "
    "sample school seller sensor session shipment shop site song staff state station store "
    "student subject subj supplier teacher team ticket track transaction trans trip tree tweet "
    "user vehicle vendor video visit worker zone"
)
# Each an id by itself where nearly every cell is another number.
NUMBERED = _these(
    "account customer user patient student employee invoice ticket tweet member subject client "
    "passenger order transaction kunde"
)
CODES = _these(
    "zip zipcode plz postcode postleitzahl postal pincode fips geoid epoch unixtime barcode ean "
    "upc isbn issn sku ssn iban naics sic icd icd9 icd10 cusip isin imei imsi msisdn ndc cpt "
    "insee siret siren nuts code codes hash md5 sha1 checksum"
)
PHONES = {"phone", "telephone", "tel", "fax", "mobile", "cellphone", "telefon", "handy"}
TIMES = _these(
    "timestamp time datetime date epoch unixtime unix ts created updated modified utc day period "
    "yearmonth yyyymm"
)
AGES = _these(
    "year years month months day days date time hour hours minute minutes second seconds age "
    "week weeks jahr"
)
YEARS = {"year", "yr", "jahr", "annee", "ano", "season", "cohort", "vintage"}
# Parts of a date that go round: the words, and the largest range that they have.
CYCLES = {
    "month": (1, 12), "mon": (1, 12), "monat": (1, 12), "mnth": (1, 12), "mois": (1, 12),
    "hour": (0, 24), "hr": (0, 24), "stunde": (0, 24), "weekday": (0, 7), "dayofweek": (0, 7),
    "wochentag": (0, 7), "quarter": (1, 4), "dow": (0, 7), "week": (1, 53), "day": (1, 31),
    "minute": (0, 60), "season": (1, 4),
}  # fmt: skip
LATITUDES = {"lat", "latitude", "breitengrad"}
LONGITUDES = {"lon", "long", "lng", "longitude", "laengengrad"}
# Answers: the last word of a name, or the whole of it.
LABELS = _these(
    "target label labels class classes truth species outcome quality cultivar diagnosis attrition "
    "default defaulted churn churned exited survived fraud readmitted converted purchased "
    "subscribed approved died dead deceased disease relapse recurrence response result answer "
    "klasse klass category"
)
WHOLE_LABELS = {"y", "group", "cluster", "clusters", "left", "groundtruth", "labelled", "isfraud"}
# Answers wherever the word stands: "Churn Value", "default payment next month".
ANSWERS = {"churn", "churned", "survived", "exited", "attrition", "default", "outcome", "fraud",
           "target", "species", "diagnosis", "deceased", "readmitted"}  # fmt: skip
COUNTS = _these(
    "count counts n num number qty quantity children kids siblings sibsp parch visits rooms "
    "bedrooms bathrooms beds baths orders purchases calls logins clicks items cylinders cyl gears "
    "gear doors legs pregnancies dependents persons cars employees goals wins losses"
)
SCALES = _these(
    "rating ratings score scores stars star level satisfaction likert severity stage rank "
    "importance agreement agree grade pain stufe note difficulty priority health education edu "
    "frequency happiness trust"
)
GROUPINGS = _these(
    "region type category origin sex gender race ethnicity country state city zone color colour "
    "brand make model department dept job occupation profession marital channel status kind "
    "religion district county province material sector industry shape method mode group "
    "site treatment arm store shop plan segment genre geschlecht"
)


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters: customerID, customer_id -> customer, id."""
    return tuple(word.lower() for word in _WORD.findall(_CAMEL.sub(" ", name)))


def stem_of(name: str) -> str | None:
    """Return what the members of a numbered family share: "q" of q1, q2 ...; None if no number."""
    found = _NUMBERED.fullmatch(name)
    return found[1] if found else None


def names_id(words: tuple[str, ...], *, nearly_distinct: bool) -> bool:
    """Say whether a name is that of an id."""
    if not words:
        return False
    last = words[-1]
    if last in IDS or words[0] == "unnamed" or (last.endswith("id") and last[:-2] in THINGS):
        return True
    if nearly_distinct and ((len(words) == 1 and last in NUMBERED) or last.endswith("nummer")):
        return True
    if last in PERHAPS_IDS or "".join(words[-2:]) in PERHAPS_IDS:
        return nearly_distinct or (len(words) > 1 and words[-2] in THINGS and last != "index")
    return False


def names_code(words: tuple[str, ...]) -> bool:
    """Say whether a name is that of a code: zip, area code, phone, phone number ..."""
    if CODES.intersection(words):
        return True
    place = next((j for j, word in enumerate(words) if word in PHONES), None)
    return place is not None and set(words[place + 1 :]) <= {"number", "no", "nr", "num"} | PHONES


def names_label(words: tuple[str, ...]) -> bool:
    """Say whether a name is that of an answer: Outcome, churn, species, class ..."""
    if not words:
        return False
    return (
        words[-1] in LABELS
        or "".join(words) in WHOLE_LABELS
        or bool(ANSWERS.intersection(words))
        or (len(words) == 2 and words[0] == "death" and words[1] == "event")
    )


def says(words: tuple[str, ...], vocabulary: set[str]) -> bool:
    """Say whether the first or the last word of a name is one of these."""
    return bool(words) and (words[0] in vocabulary or words[-1] in vocabulary)
