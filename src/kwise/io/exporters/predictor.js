// predict(row) returns the number of the cluster of one row, from 1 on, as kwise does; null if a
// cell is missing that the model needs. A row maps the names of columns to numbers, truth values,
// text or a Date; nothing is imported. What kwise refuses is thrown as an Error. predict.columns are the
// names of the columns that a row must have.
var predict = (function () {
  "use strict";
  const MODEL = /*model*/ {};
  const RULES = /*rules*/ {};
  const MARKS = { ".": "point", ",": "comma" };
  const MISSING = new Set(RULES.missing);
  const AMONG_NUMBERS = new Set(RULES.missing_among_numbers);
  const PARTS = pattern(RULES.parts);
  const TIDY = RULES.tidy.map(([marks, plain]) => [new RegExp(marks, "g"), plain]);
  const VALID = patterns(RULES.valid), EITHER = patterns(RULES.either);
  const PROVES = patterns(RULES.proves);
  const DIGITS = new RegExp(RULES.digits), PLACE = pattern(RULES.place);
  const WORD = pattern(RULES.word), UNIT = pattern(RULES.unit);

  function predict(row) {
    const values = prepare(row);
    if (values === null) return null;
    let found = null, least = Infinity;
    for (let c = 0; c < MODEL.centers.length; c++) {
      const apart = values.map((x, j) => x - MODEL.centers[c][j]);
      const distance = products(apart, apart);
      if (distance < least) {
        found = c + 1;
        least = distance;
      }
    }
    return found;
  }

  predict.columns = MODEL.numbers.concat(MODEL.categories).map((column) => column.name);
  return predict;

  // The sum of products, added in kwise's order, so that even ties come out alike.
  function products(a, b) {
    const s = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let j = 0; j < a.length; j++) s[j % 8] += a[j] * b[j];
    return s[0] + s[4] + (s[2] + s[6]) + (s[1] + s[5] + (s[3] + s[7]));
  }

  function prepare(row) {
    let values = [], complete = true;
    for (const column of MODEL.numbers) {
      let x = number(cellOf(row, column.name), column);
      if (x === null) x = column.filling;
      if (x === null) complete = refuseMissing(column);
      else values.push((evened(x, column.power) - column.subtract) / column.divide);
    }
    for (const column of MODEL.categories) {
      let word = category(cellOf(row, column.name), column.levels.filter((level) => level !== "(missing)"));
      if (word === null) word = column.filling;
      if (word === null) complete = refuseMissing(column);
      for (const level of column.levels) values.push(word === level ? column.weight : 0);
    }
    if (values.some((x) => !(Math.abs(x) <= MODEL.largest_prepared)))
      throw new Error("once its columns are scaled the row is too far from all others");
    return complete ? directed(values) : null;
  }

  function directed(values) {
    if (MODEL.normalize_rows) {
      const length = Math.sqrt(products(values, values)) || 1;
      values = values.map((x) => x / length);
    }
    if (MODEL.components.length) {
      const centered = values.map((x, j) => x - MODEL.component_mean[j]);
      values = MODEL.components.map((axis) => products(centered, axis));
    }
    return values;
  }

  function cellOf(row, name) {
    if (!Object.prototype.hasOwnProperty.call(row, name))
      throw new Error("the row has no column " + JSON.stringify(name));
    return row[name];
  }

  function refuse(column, words) {
    throw new Error("column " + JSON.stringify(column.name) + ": " + words);
  }

  function refuseMissing(column) {
    if (MODEL.missing_is_error) refuse(column, "the cell is missing");
    return false;
  }

  // Even out a skewed number (Yeo-Johnson).
  function evened(x, power) {
    if (power === null) return x;
    const log = Math.log1p(Math.abs(x));
    if (x >= 0) return Math.abs(power) < Number.EPSILON ? log : Math.expm1(power * log) / power;
    return Math.abs(power - 2) <= Number.EPSILON ? -log : -Math.expm1((2 - power) * log) / (2 - power);
  }

  function isNothing(cell) {
    return cell === null || cell === undefined || (typeof cell === "number" && isNaN(cell));
  }

  function number(cell, column) {
    if (isNothing(cell)) return null;
    if (column.order.length) return step(cell, column);
    if (column.date !== null) {
      const x = days(cell, column);
      return column.sentinels.includes(x) ? null : x;
    }
    const x = typeof cell === "string" ? readNumber(cell, column) : Number(cell);
    if (x === null || column.sentinels.includes(x)) return null;
    if (!(Math.abs(x) <= MODEL.largest_cell)) refuse(column, x + " is too large to be squared");
    return x;
  }

  // A date as days since 1970-01-01, a time of the day as hours.
  function days(cell, column) {
    if (cell instanceof Date) return isNaN(cell) ? null : cell.getTime() / 86400000;
    if (typeof cell !== "string") refuse(column, cell + " stands where dates stood in the fit");
    const text = withoutMissing(cell);
    if (text === null) return null;
    const told = (column.date ? [column.date] : RULES.dates).map((each) => dated(text, each));
    const found = new Set(told.filter((each) => each !== null));
    if (found.size === 1) return found.values().next().value;
    const what = found.size ? "can be read as more than one date" : "is no date";
    const how = column.date ? "written as " + column.date : "that is written as 2023-01-05";
    return refuse(column, JSON.stringify(cell) + " " + what + ", and must be one " + how);
  }

  function dated(text, written) {
    const month = written.endsWith(" %d") && RULES.month_dates.includes(written.slice(0, -3));
    const pieces = (month ? written.slice(0, -3) : written).split(/(%\.f|%#z|%[A-Za-z]| )/);
    const parts = pieces.map((each) => own(RULES.date_parts, each) || each.replace(/[.]/g, "[.]"));
    const match = pattern("^(?:" + parts.join("") + ")$").exec(text);
    const told = match === null ? {} : match.groups, at = clock(told);
    if (match === null || at === null) return null;
    if (told.Y === undefined && told.y === undefined) return Number(at) / 3.6e12;
    let year = Number(told.Y || told.y);
    if (told.Y === undefined) year += year < 70 ? 2000 : 1900;
    const isNamed = (each) => each.slice(0, 3) === told.B.slice(0, 3).toLowerCase();
    const number = told.m === undefined ? RULES.months.findIndex(isNamed) : Number(told.m) - 1;
    const day = Number(told.d === undefined ? 1 : told.d), moment = new Date(Date.UTC(2000, number, day));
    moment.setUTCFullYear(year, number, day);
    if (moment.getUTCMonth() !== number || moment.getUTCDate() !== day) return null;
    const weekday = RULES.weekdays[(moment.getUTCDay() + 6) % 7].slice(0, 3);
    if (year < RULES.earliest || (told.A || weekday).slice(0, 3).toLowerCase() !== weekday) return null;
    const us = BigInt(moment.getTime()) * 1000n + (at - (((at % 1000n) + 1000n) % 1000n)) / 1000n;
    return Number(us) / 86400000000;
  }

  // Nanoseconds since midnight in UTC; null for a time that no clock shows.
  function clock(told) {
    let hour = Number(told.H || 0);
    const minute = Number(told.M || 0), second = Number(told.S || 0);
    if (told.I !== undefined) {
      const half = Number(told.I);
      hour = half < 1 || half > 12 ? 24 : (half % 12) + (told.p.toLowerCase() === "pm" ? 12 : 0);
    }
    if (hour > 23 || minute > 59 || second > 60) return null;
    const zone = (told.z || "z").toLowerCase().replace(":", "");
    const away = zone === "z" ? 0 : Number(zone[0] + "1") * (60 * zone.slice(1, 3) + Number(zone.slice(3)));
    const seconds = (60 * hour + minute - away) * 60 + second;
    return BigInt(seconds) * 1000000000n + BigInt((told.f || "").slice(0, 9).padEnd(9, "0"));
  }

  function step(cell, column) {
    const text = asText(cell);
    if (text === null) return null;
    const steps = column.order.map((word) => word.trim().toLowerCase());
    const x = steps.indexOf(text.trim().toLowerCase());
    if (x < 0) refuse(column, JSON.stringify(text) + " is none of " + column.order.join(", "));
    return column.sentinels.includes(x) ? null : x;
  }

  function category(cell, levels) {
    const text = asText(cell);
    if (text === null) return null;
    if (levels.every((level) => level === "true" || level === "false")) return text.toLowerCase();
    if (typeof cell === "string" && levels.every((level) => /^-?(0|[1-9][0-9]*)$/.test(level)))
      return text.replace(/^([+-]?[0-9]+)\.0*$/, "$1");
    return text;
  }

  function asText(cell) {
    if (isNothing(cell)) return null;
    if (typeof cell !== "string") return String(cell);
    if (withoutMissing(cell) === null) return null;
    let first = 0, last = cell.length;
    while (first < last && RULES.blanks.includes(cell[first])) first++;
    while (last > first && RULES.blanks.includes(cell[last - 1])) last--;
    return cell.slice(first, last);
  }

  function withoutMissing(cell) {
    let text = cell.trim();
    if (/[^\x00-\x7f]/.test(text) && DIGITS.test(text)) {
      for (const [marks, plain] of TIDY) text = text.replace(marks, plain);
      text = text.trim();
      if (/[\uff00-\uff5e]/.test(text)) text = text.normalize("NFKC");
    }
    return MISSING.has(text) ? null : text;
  }

  // A number as people write it: signs, marks, units and factors.
  function readNumber(cell, column) {
    const text = withoutMissing(cell);
    if (text === null || AMONG_NUMBERS.has(text.toLowerCase())) return null;
    if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true" ? 1 : 0;
    if (own(RULES.places, column.unit) !== undefined) return degrees(text, column);
    const shown = JSON.stringify(cell), parts = PARTS.exec(text);
    if (parts === null) refuse(column, shown + " is no number");
    const { open, sign, before, inner, body, power, after, trailing } = parts.groups;
    const mark = column.decimal || seenMark(body);
    if (!mark) refuse(column, shown + " may hold decimals, or thousands set apart");
    if (!VALID[mark].test(body)) refuse(column, shown + " has no decimal " + MARKS[mark]);
    const [zeros, unit] = ending(before || "", after || "");
    if (unit && !UNIT.test(unit)) refuse(column, shown + " is no number with a unit");
    if (unlike(column.unit, unit)) refuse(column, shown + " is in another unit than the model's");
    const apart = mark === "," ? /[.' _]/g : /[,' _]/g;
    const digits = body.replace(apart, "").replace(mark, ".");
    const x = Number(digits + "e" + (Number((power || "e0").slice(1)) + zeros));
    const behind = trailing && !/[.,]$/.test(body);
    return sign === "-" || inner === "-" || behind || open ? -x : x;
  }

  // Signed degrees, negative in the south and west.
  function degrees(text, column) {
    const found = PLACE.exec(text), place = found === null ? {} : found.groups;
    const letter = place.first || place.last || "", half = RULES.places[column.unit];
    const told = [place.degrees, place.minutes, place.seconds];
    const parts = told.map((each) => Number((each || "0").replace(",", ".")));
    const x = parts[0] + parts[1] / 60 + parts[2] / 3600, finer = place.minutes || place.seconds;
    const twice = [place.first, place.last, place.sign].filter(Boolean).length > 1;
    const wrong = parts[1] >= 60 || parts[2] >= 60 || x > RULES.farthest[column.unit] || twice;
    if (found === null || wrong || !half.includes(letter) || (finer && !place.mark))
      refuse(column, JSON.stringify(text) + " is no place such as 57.05" + half.slice(0, 1));
    return letter === "S" || letter === "W" || place.sign === "-" ? -x : x;
  }

  function seenMark(body) {
    if (EITHER["."].test(body) || EITHER[","].test(body)) return "";
    return PROVES["."].test(body) ? "." : PROVES[","].test(body) ? "," : ".";
  }

  // The power of ten and the unit that stand beside a number.
  function ending(before, after) {
    const found = WORD.exec(after);
    let factor = 1, unit = after;
    if (found !== null) {
      const word = found[1], rest = found[2] || "", letter = word.toUpperCase();
      if (word.length > 1 || word === "k") factor = own(RULES.factors, word.toLowerCase()) || 1;
      if (own(RULES.letters, letter) && (rest || before || "KMB".includes(word)))
        factor = RULES.letters[letter];
      if (factor !== 1) unit = rest;
    }
    return [Math.round(Math.log10(factor)), before || unit];
  }

  function own(record, name) {
    return Object.prototype.hasOwnProperty.call(record, name) ? record[name] : undefined;
  }

  function unlike(told, found) {
    if (singular(told) === singular(found)) return false;
    if (own(RULES.places, told) !== undefined || (told === "" && /^[NSEW]$/.test(found))) return true;
    return (told !== "" && found !== "") || told === "%" || found === "%";
  }

  function singular(unit) {
    const lowered = unit.toLowerCase().replace(/\.+$/, "");
    return lowered.length > 2 && lowered.endsWith("s") ? lowered.slice(0, -1) : lowered;
  }

  function pattern(source) {
    return new RegExp(source.replaceAll("(?P<", "(?<"));
  }

  function patterns(sources) {
    return { ".": pattern(sources["."]), ",": pattern(sources[","]) };
  }
})();
