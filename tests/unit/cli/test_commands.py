"""The command line: what it prints, writes and answers to the shell."""

import json
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from retention_sdk.cli import COMMANDS, EXIT_CODES, main
from retention_sdk.demo.derive import DATA, DEMO_SECRET

DELIVERIES = DATA / "deliveries"
CLI = "from retention_sdk.cli import main; raise SystemExit(main())"
ORDERS = (
    "order_id,placed_at,paid_at,currency,total,title,quantity,unit_price,ship_country\n"
    "1,2026-11-20T10:00:00+01:00,2026-11-20T10:01:00+01:00,EUR,5.00,Bowl,1,5.00,DE\n"
)


@pytest.fixture
def shop_dir(tmp_path, monkeypatch, capsys):
    """A folder made by ``retention init``, with the demonstration's secret in it."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Kiln & Leaf", "--email", "hello@kiln-and-leaf.example"])
    settings = Path("retention.toml")
    table = f'\n[platforms.woocommerce]\nwebhook_secrets = ["{DEMO_SECRET}"]\n'
    settings.write_text(settings.read_text() + table)
    capsys.readouterr()
    return tmp_path


def run(capsys, *arguments):
    code = main(list(map(str, arguments)))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def delivery(name="woocommerce-1002"):
    return "--headers", DELIVERIES / f"{name}.headers.json", "--body", DELIVERIES / f"{name}.raw"


def test_help_lists_every_command_and_exit_code(capsys):
    code, out, _ = run(capsys, "--help")

    assert 0 == code
    assert all(name in out for name in COMMANDS)
    assert all(meaning in out for meaning in EXIT_CODES.values())


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "x"])
def test_every_command_has_help_and_json(capsys, name):
    code, out, _ = run(capsys, name, "--help")

    assert 0 == code
    assert "--json" in out


def test_a_typo_is_met_with_a_proposal(capsys):
    code, _, err = run(capsys, "recieve")

    assert 2 == code
    assert "did you mean `retention receive`?" in err


def test_wrong_usage_is_exit_2(capsys):
    assert 2 == run(capsys, "receive", "--bogus")[0]


def test_init_writes_a_shop_that_the_doctor_finds_healthy(shop_dir, capsys):
    assert 0o600 == (shop_dir / "retention.key").stat().st_mode & 0o777

    code, out, _ = run(capsys, "doctor", "--json")

    assert 0 == code, out
    assert ["unsubscribing"] == [each["what"] for each in json.loads(out) if not each["ok"]]


def test_the_doctor_tries_every_channel_that_the_settings_name(shop_dir, capsys):
    file = shop_dir / "retention.toml"
    text = file.read_text().replace('# sms = "twilio"', 'sms = "pigeon"')
    file.write_text(f"{text}\n[channels.raw]\nprot = 9100\n")

    code, out, _ = run(capsys, "doctor", "--json")
    found = {each["what"]: each["ok"] for each in json.loads(out)}

    assert (3, True) == (code, found["channel folder"])
    assert [False, False] == [found["channel pigeon"], found["channel raw"]]


def test_a_file_that_is_not_there_is_named(shop_dir, capsys):
    code, _, err = run(capsys, "receive", "-p", "woocommerce", "--headers", "h.json", "--body", "b")

    assert (3, "retention: h.json: No such file or directory\n") == (code, err)


def test_a_folder_that_cannot_be_made_is_named(shop_dir, capsys):
    (shop_dir / "file").write_text("")

    code, _, err = run(capsys, "insert", "--sample", "--out", "file/out")

    assert (3, "retention: file/out: Not a directory\n") == (code, err)


def test_a_platform_without_a_table_says_what_to_write(shop_dir, capsys):
    code, _, err = run(capsys, "sync", "--platform", "vendure")

    assert 3 == code
    assert "retention.toml: there is no table [platforms.vendure] (the README" in err


def test_a_missing_brand_says_who_names_it(shop_dir, capsys):
    (shop_dir / "brand.toml").unlink()

    code, _, err = run(capsys, "insert", "--sample")

    assert 3 == code
    assert "brand.toml: there is no such file ([brand] in retention.toml names it" in err


def test_explain_alone_lists_the_newest_events(shop_dir, capsys):
    assert (0, "No event was received yet.\n", "") == run(capsys, "explain")
    assert "`retention explain` alone" in run(capsys, "explain", "nothing")[2]

    assert 0 == run(capsys, "receive", "-p", "woocommerce", *delivery())[0]
    listed = json.loads(run(capsys, "explain", "--json")[1])

    assert ["done"] * len(listed) == [each["state"] for each in listed]
    assert "woocommerce:kiln-leaf:order:1002:paid" in [each["event"] for each in listed]


def test_init_touches_nothing_that_exists(shop_dir, capsys):
    before = (shop_dir / "retention.key").read_text()

    code, _, err = run(capsys, "init")

    assert 3 == code
    assert "exists already" in err
    assert before == (shop_dir / "retention.key").read_text()


def test_the_doctor_tells_what_is_wrong(shop_dir, capsys):
    (shop_dir / "retention.key").unlink()

    code, out, _ = run(capsys, "doctor", "--json")

    assert 3 == code
    wrong = [finding["finding"] for finding in json.loads(out) if not finding["ok"]]
    assert any("retention init" in finding for finding in wrong)


@pytest.mark.parametrize(
    ("settings", "what", "expected"),
    [
        ("", "unsubscribing", (None, "consent.base_url")),
        ('[consent]\nbase_url = "http://shop.example/p/"', "unsubscribing", (None, "not https")),
        ('[consent]\nbase_url = "https://shop.example/p/"', "unsubscribing", (True, "one click")),
        ("[inserts.offers.winback_gift]\npercent = 10", "offer winback_gift", (None, "no coupon")),
    ],
)
def test_the_doctor_warns_of_what_customers_would_miss(shop_dir, capsys, settings, what, expected):
    is_ok, words = expected
    with (shop_dir / "retention.toml").open("a") as file:
        file.write(f"\n{settings}\n")

    code, out, _ = run(capsys, "doctor", "--json")
    (finding,) = [each for each in json.loads(out) if each["what"] == what]

    assert (0, is_ok) == (code, finding["ok"])
    assert words in finding["finding"]


def test_a_sample_needs_no_settings(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    code, out, _ = run(capsys, "insert", "--sample", "--locale", "fa", "--out", "out", "--json")

    assert 0 == code
    (answer,) = json.loads(out)
    assert "fa" == answer["locale"]
    assert b"%PDF-1" == Path(answer["files"][0]).read_bytes()[:6]
    assert b"\x89PNG" == Path(answer["files"][1]).read_bytes()[:4]


@pytest.mark.parametrize("locale", ["xx", "!!", "tlh-Piqd"])
def test_an_unknown_locale_lists_those_there_are(tmp_path, monkeypatch, capsys, locale):
    monkeypatch.chdir(tmp_path)

    code, _, err = run(capsys, "insert", "--sample", "--locale", locale)

    assert 3 == code
    assert "there are: ar, de" in err


def test_an_unknown_template_lists_those_there_are(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    code, _, err = run(capsys, "insert", "--sample", "--template", "easter")

    assert 6 == code
    assert "winback_gift" in err
    assert "plain_thanks" in err


def test_a_batch_that_is_printed_again_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS)
    run(capsys, "init")

    first, second = (run(capsys, "print", "--orders", "orders.csv") for _ in range(2))

    assert (0, 0) == (first[0], second[0])
    counts, place = first[1].splitlines()
    assert "1 printed" == counts
    assert b"%PDF" == Path(place.strip()).read_bytes()[:4]
    counts, folder, way_out = second[1].splitlines()
    assert "1 printed before" == counts
    assert Path(place.strip()).parent == Path(folder.strip())
    assert "retention pack --again" in way_out


def test_an_empty_second_run_on_sheets_says_so_and_leaves_the_manifest_alone(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS)
    run(capsys, "init")
    sheets = ("print", "--sheet", "sra3")
    _, told, _ = run(capsys, *sheets, "--orders", "orders.csv", "--out", "made")
    written = Path("made/manifest.jsonl").read_bytes()

    for folder in ("made", "fresh"):
        code, out, _ = run(capsys, *sheets, "--out", folder)
        assert 0 == code
        assert "all were printed before" in out
        assert "retention pack --again" in out

    assert "sheets.pdf" in told
    assert "made/manifest.jsonl" in told
    assert 1 == written.count(b"\n")
    assert written == Path("made/manifest.jsonl").read_bytes()
    assert not Path("fresh/manifest.jsonl").exists()


def test_a_sample_of_any_family_in_any_style_goes_into_one_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    wishes = ("--template", "birthday", "--locale", "fa", "--style", "handwritten")

    code, out, _ = run(capsys, "insert", "--sample", *wishes, "--out", "made/card.pdf", "--json")

    assert 0 == code
    (answer,) = json.loads(out)
    assert ("birthday", "fa") == (answer["template"], answer["locale"])
    assert ["card-back.png", "card-front.png", "card.pdf"] == sorted(
        path.name for path in (tmp_path / "made").iterdir()
    )


def trim_width_mm(name):
    with pypdfium2.PdfDocument(name) as document:
        left, _, right, _ = document[0].get_trimbox()
    return round((right - left) * 25.4 / 72)


def test_a_card_has_the_size_the_shop_set(shop_dir, capsys):
    with (shop_dir / "retention.toml").open("a") as file:
        file.write('\n[inserts]\nformat = "square"\n')

    assert 0 == run(capsys, "insert", "--sample", "--out", "own.pdf")[0]
    assert 0 == run(capsys, "insert", "--sample", "--format", "a6", "--out", "asked.pdf")[0]

    assert [100, 105] == [trim_width_mm(name) for name in ("own.pdf", "asked.pdf")]


def test_a_sample_is_the_same_file_every_time(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    wishes = ("insert", "--sample", "--template", "review_request", "--formality", "formal")

    assert [0, 0] == [run(capsys, *wishes, "--out", f"{name}.pdf")[0] for name in ("a", "b")]
    assert Path("a.pdf").read_bytes() == Path("b.pdf").read_bytes()


def test_a_sample_goes_to_press_as_the_printer_asks(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    wishes = ("--format", "a5", "--profile", "coated_fogra39", "--pdfx", "x-1a", "--marks")

    code, out, _ = run(capsys, "insert", "--sample", *wishes, "--json")

    assert 0 == code
    data = Path(json.loads(out)[0]["files"][0]).read_bytes()
    assert b"%PDF-1.4" == data[:8]
    assert b"(PDF/X-1a:2003)" in data
    assert 0 == run(capsys, "preflight", json.loads(out)[0]["files"][0], *wishes[:-1])[0]


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ("--pdfx x-3", (2, "x-4, x-1a")),
        ("--pdfx x-4", (2, "digital_rgb has no standard")),
        ("--profile fogra99", (2, "coated_fogra39")),
        ("--format a9", (2, "a6-landscape")),
        ("--style baroque", (2, "handwritten")),
        ("--formality rude", (2, "formal, neutral, warm")),
        ("--profile thermal", (6, "label printers")),
        ("--as fax", (2, "thermal-png, zpl, text, plotter, svg")),
        ("--as zpl --dpi 72", (2, "203, 300, 600")),
    ],
)
def test_unknown_wishes_for_the_press_list_those_there_are(
    tmp_path, monkeypatch, capsys, wish, answer
):
    monkeypatch.chdir(tmp_path)

    code, _, err = run(capsys, "insert", "--sample", *wish.split())

    assert answer[0] == code
    assert answer[1] in " ".join(err.split())


@pytest.mark.parametrize(
    ("wishes", "names", "start"),
    [
        ("--as thermal-png --format 4x6in", ["card-back.png", "card-front.png"], b"\x89PNG"),
        ("--as zpl --dpi 300", ["card.zpl"], b"^XA^PW1240^LL1748"),
        ("--as text", ["card.txt"], b"KILN".title()),
        ("--as plotter", ["card-pen.svg"], b"<svg "),
        ("--as svg", ["card-back.svg", "card-front.svg"], b"<svg "),
    ],
)
def test_a_sample_comes_out_in_other_media(tmp_path, capsys, wishes, names, start):
    for family in ([], ["--template", "birthday"]):
        asked = ("insert", "--sample", *wishes.split(), *family, "--out", tmp_path, "--json")
        code, out, _ = run(capsys, *asked)

        assert 0 == code
        files = [Path(name) for name in json.loads(out)[0]["files"]]
        assert names == sorted(f"card{file.name.partition('card')[2]}" for file in files)
        assert all(file.read_bytes().startswith(start) for file in files)


def test_insert_wants_an_order_or_a_sample(shop_dir, capsys):
    code, _, err = run(capsys, "insert")

    assert 2 == code
    assert "--order, --sample: name one of them" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("insert", "--order", "gone.csv"),
        ("insert", "--order", "gone.json", "-p", "woocommerce"),
        ("print", "--orders", "gone.csv"),
        ("print", "--orders", "gone.jsonl"),
        ("import", "-p", "file"),
        ("receive", "-p", "woocommerce", "--headers", "gone.json", "--body", "gone.json"),
        ("preflight", "gone.pdf"),
        ("brand", "check", "--brand", "gone.toml"),
    ],
)
def test_a_file_that_is_not_there_is_exit_3_everywhere(shop_dir, capsys, arguments):
    with (shop_dir / "retention.toml").open("a") as file:
        file.write('\n[platforms.file]\npath = "gone.csv"\n')

    code, _, err = run(capsys, *arguments)

    assert 3 == code, err
    assert "gone." in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("print", "--format", "a9"), "--format: 'a9' is none of a6,"),
        (("print", "--profile", "gold"), "coated_fogra39"),
        (("print", "--pdfx", "x-9"), "--pdfx: 'x-9' is none of x-4, x-1a"),
        (("print", "--sheet", "a99"), "sra3"),
        (("print", "--sheet", "sra3", "--profile", "thermal"), "one card at a time"),
        (("pack", "1", "--format", "a9"), "--format: 'a9' is none of a6,"),
        (("pack", "1", "--profile", "gold"), "coated_fogra39"),
        (("import", "-p", "file", "--since", "soon"), "2026-11-21"),
        (("locales", "pseudo", "de"), "en-XA"),
    ],
)
def test_a_wrong_option_is_exit_2_and_the_message_lists_those_there_are(
    shop_dir, capsys, arguments, said
):
    (shop_dir / "orders.csv").write_text(ORDERS)
    with (shop_dir / "retention.toml").open("a") as file:
        file.write('\n[platforms.file]\npath = "orders.csv"\n')

    code, _, err = run(capsys, *arguments)

    assert 2 == code, err
    assert said in " ".join(err.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("insert",), ["classic, handwritten, editorial", "coated_fogra39", "a6-landscape"]),
        (("print",), ["coated_gracol", "card-eu"]),
        (("pack",), ["coated_gracol", "card-eu"]),
        (("preflight",), ["coated_gracol", "card-eu"]),
        (("lift",), ["[measure|plan]"]),
        (("brand",), ["{check|draft}"]),
        (("locales",), ["{check|update|pseudo}"]),
        (("cards",), ["{report}"]),
    ],
)
def test_help_lists_what_an_argument_may_be(capsys, arguments, said):
    _, out, _ = run(capsys, *arguments, "--help")

    told = " ".join(out.split())
    assert [] == [words for words in said if words not in told]


def test_insert_tells_one_sentence_and_the_law_only_when_asked(shop_dir, capsys):
    _, short, _ = run(capsys, "insert", "--sample")
    _, long, _ = run(capsys, "insert", "--sample", "--explain")

    told = " ".join(short.split())
    assert told.startswith("first_order_welcome in en-DE: it is the first order of this account;")
    assert "GDPR" not in short
    assert "GDPR" in long


def test_insert_names_what_was_not_allowed_where_it_falls_back(shop_dir, capsys):
    """Order 1007 of the demonstration is of somebody who objected to cards."""
    order = json.loads((DELIVERIES / "woocommerce-1007.raw").read_text())
    settings = Path("retention.toml")
    keys = 'consent_meta_key = "marketing_consent"\nconsent_channel = "any"\n'
    settings.write_text(settings.read_text() + keys)
    Path("order.json").write_text(json.dumps(order))

    code, out, err = run(capsys, "insert", "--order", "order.json", "-p", "woocommerce")

    assert 0 == code, err
    told = " ".join(out.split())
    assert told.startswith("plain_thanks in de-DE: the same card for everybody;")
    assert "not allowed: first_order_welcome (the person objected" in told


def test_init_with_an_address_makes_a_brand_that_passes_its_first_check(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    run(capsys, "init", "--email", "a@b.example")

    assert 'contact_email = "a@b.example"' in Path("brand.toml").read_text().splitlines()
    assert [0, 0] == [run(capsys, *each)[0] for each in (("brand", "check"), ("doctor",))]


def test_without_an_address_the_doctor_says_which_line_to_add(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(capsys, "init")
    code, out, _ = run(capsys, "doctor", "--json")

    assert 3 == code
    (hint,) = [each["finding"] for each in json.loads(out) if each["ok"] is False]
    line = hint.partition("retention.toml: ")[2]
    settings = Path("retention.toml")
    text = "".join(
        f"{line}\n" if each.startswith('email = ""') else each
        for each in settings.read_text().splitlines(keepends=True)
    )
    settings.write_text(text)
    assert 0 == run(capsys, "doctor")[0]


def test_the_examples_in_the_first_settings_can_be_taken_as_they_are(shop_dir, capsys):
    """Each comment of the template that is a setting is one that the shop knows."""
    settings = Path("retention.toml")
    wanted = ("holdout_ratio", "style", "format", "targets", "host", "port", "[inserts]")
    lines = [
        line.removeprefix("# ")
        if line.removeprefix("# ").startswith((*wanted, "[channels.raw]")) and "mail" not in line
        else line
        for line in settings.read_text().splitlines()
        if "port = 587" not in line
    ]
    settings.write_text("\n".join(lines).replace('card = "folder"', 'card = "desk"') + "\n")

    assert any(line.startswith("[channels.raw]") for line in lines)
    code, out, _ = run(capsys, "doctor")
    assert 0 == code, out


def test_serve_warns_when_there_is_nothing_to_serve(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(capsys, "init")
    command = [sys.executable, "-c", CLI, "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as server:
        first = server.stderr.readline().decode()
        server.terminate()

    assert "warning: there is nothing to serve" in first
    assert "codes.base_url" in first


def test_insert_prints_a_platforms_own_order(shop_dir, capsys):
    order = DELIVERIES / "woocommerce-1003.raw"

    code, out, err = run(capsys, "insert", "--order", order, "-p", "woocommerce", "--json")

    assert 0 == code, err
    assert ["fa-IR"] == [answer["locale"] for answer in json.loads(out)]


def test_receive_explain_and_resume_tell_one_story(shop_dir, capsys):
    code, out, err = run(capsys, "receive", "-p", "woocommerce", *delivery(), "--json")
    assert 0 == code, err
    paid = next(each for each in json.loads(out) if each["event_type"] == "order_paid")

    code, out, _ = run(capsys, "explain", paid["event_id"])
    assert 0 == code
    assert "de.mark.parcel_insert.own-personalised" in " ".join(out.split()).replace(" ", "")
    assert "Language de-DE" in out

    code, out, _ = run(capsys, "resume")
    assert (0, "Nothing to do.") == (code, out.strip())


def test_explain_replays_decisions_under_the_rules_of_then_and_of_now(shop_dir, capsys):
    _, out, _ = run(capsys, "receive", "-p", "woocommerce", *delivery(), "--json")
    paid = next(each for each in json.loads(out) if each["event_type"] == "order_paid")
    header = "rule_id,jurisdiction,region,message_class,channel,basis_code,basis,citation"
    row = "shop.de.any,Germany,DE,marketing,any,opt_in,opt_in,house rule"
    Path("rules.csv").write_text(f"{header},source_read,confidence\n{row},page,high\n")
    settings = Path("retention.toml")
    settings.write_text(settings.read_text() + '\n[consent]\nrules = "rules.csv"\n')

    code, out, err = run(capsys, "explain", paid["event_id"], "--replay")
    assert 0 == code, err
    assert "the same answer under the rules of its day, byte for byte" in " ".join(out.split())

    code, out, err = run(
        capsys, "explain", paid["event_id"], "--replay", "--under", "current", "--json"
    )
    assert 0 == code, err
    assert not json.loads(out)["gaps"]
    assert any("rules: nothing, now shop.de.any" in each for each in json.loads(out)["sentences"])

    code, _, _ = run(capsys, "explain", paid["event_id"], "--replay", "--under", "then")
    assert 0 == code


def test_receive_shows_a_table_for_people(shop_dir, capsys):
    code, out, _ = run(capsys, "receive", "-p", "woocommerce", *delivery())

    assert 0 == code
    assert "order paid" in out


def test_a_delivery_that_is_not_signed_is_refused_and_nothing_is_stored(shop_dir, capsys):
    headers = json.loads((DELIVERIES / "woocommerce-1002.headers.json").read_text())
    headers["X-WC-Webhook-Signature"] = "AAAA"
    Path("forged.json").write_text(json.dumps(headers))

    code, out, err = run(
        capsys, "receive", "-p", "woocommerce", "--headers", "forged.json",
        "--body", DELIVERIES / "woocommerce-1002.raw", "--json",
    )  # fmt: skip

    assert (5, "") == (code, out)
    assert "SignatureError" == json.loads(err)["error"]["type"]
    assert not Path("retention.db").exists()


def test_an_unknown_platform_names_those_installed(shop_dir, capsys):
    code, _, err = run(capsys, "receive", "-p", "nopshop", *delivery())

    assert 4 == code
    assert "woocommerce" in err


def test_an_unknown_event_is_told_plainly(shop_dir, capsys):
    code, _, err = run(capsys, "explain", "no-such-event")

    assert 3 == code
    assert "'no-such-event'" in err


def test_plugins_lists_what_is_offered(capsys):
    code, out, _ = run(capsys, "plugins", "--json")

    assert 0 == code
    assert "retention_sdk" == json.loads(out)["offers"]["adapters"]["file"]["owner"]


def test_x_without_a_name_lists_commands(capsys):
    assert 0 == run(capsys, "x")[0]
