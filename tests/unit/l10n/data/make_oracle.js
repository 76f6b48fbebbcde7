// Ask ICU, through ECMA-402, for the strings our formatters are compared with.
//     node make_oracle.js <folder>      (the folder gets words, times, calendars and more_numbers)
const fs = require("fs"), path = require("path");
const cldr = path.join(__dirname, "../../../../locales/cldr/words");
const tags = fs.readdirSync(cldr).map((name) => name.replace(".json", "")).sort();
const known = tags.filter((tag) => Intl.NumberFormat.supportedLocalesOf(tag).length);
const words = [], times = [], calendars = [], numbers = [];

for (const tag of known) {
  for (const width of ["short", "long"]) {
    const compact = new Intl.NumberFormat(tag, { notation: "compact", compactDisplay: width });
    for (const value of [0, 1.25, 12.5, 999, 1000, 1500, 12345, 123456, 999999, 1234567, 25e8, -1500])
      words.push([tag, "compact", width, value, compact.format(value)]);
    for (const unit of ["minute", "hour", "day", "week", "month", "year", "gram", "kilogram",
      "centimeter", "meter", "milliliter", "liter"]) {
      const format = new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: width });
      for (const value of [1, 2, 5, 1.5]) words.push([tag, unit, width, value, format.format(value)]);
    }
  }
  for (const unit of ["minute", "hour", "day", "week", "month", "year"])
    for (const numeric of ["auto", "always"]) {
      const format = new Intl.RelativeTimeFormat(tag, { numeric });
      for (const value of numeric === "auto" ? [-2, -1, 0, 1, 2, 5] : [-11, -1, 0, 1, 3])
        words.push([tag, unit, numeric, value, format.format(value, unit)]);
    }
  const zone = { timeZone: "UTC" };
  for (const moment of ["2026-11-21T00:05:09Z", "2026-11-21T06:30:00Z", "2026-11-21T12:00:00Z",
    "2026-11-21T15:30:45Z"]) {
    const clock = new Date(moment);
    for (const timeStyle of ["medium", "short"])
      times.push([tag, "", timeStyle, moment,
        new Intl.DateTimeFormat(tag, { timeStyle, calendar: "gregory", ...zone }).format(clock)]);
  }
  for (const dateStyle of ["full", "long", "medium", "short"]) {
    const moment = "2026-11-21T15:30:45Z";
    times.push([tag, dateStyle, "short", moment, new Intl.DateTimeFormat(tag,
      { dateStyle, timeStyle: "short", calendar: "gregory", ...zone }).format(new Date(moment))]);
    for (const calendar of ["gregory", "persian", "islamic-umalqura", "islamic-civil", "buddhist",
      "roc", "japanese"]) {
      const format = new Intl.DateTimeFormat(tag, { dateStyle, calendar, ...zone });
      for (const day of ["1911-05-09", "2005-03-05", "2019-05-01", "2018-11-21"])
        calendars.push([tag, calendar, dateStyle, day, format.format(new Date(`${day}T12:00Z`))]);
    }
  }
  for (const value of [0, 1234.5, 1234567.891, -1234.56, 12345])
    numbers.push([tag, "d", value, "", new Intl.NumberFormat(tag).format(value)]);
  for (const currency of ["EUR", "USD", "INR", "JPY", "AMD"])
    for (const value of [1234.5, -1234567.89, 0.5])
      for (const [kind, options] of [["c", {}], ["n", { currencyDisplay: "narrowSymbol" }],
        ["a", { currencySign: "accounting" }]])
        numbers.push([tag, kind, value, currency,
          new Intl.NumberFormat(tag, { style: "currency", currency, ...options }).format(value)]);
  numbers.push([tag, "p", 0.25, "", new Intl.NumberFormat(tag, { style: "percent" }).format(0.25)]);
}
for (const [name, rows] of Object.entries({ words, times, calendars, more_numbers: numbers }))
  fs.writeFileSync(path.join(process.argv[2], `icu_${name}.json`), JSON.stringify(rows));
console.log(process.version, process.versions.icu, process.versions.cldr, known.length,
  tags.filter((tag) => !known.includes(tag)));
