"""Each wrong setting is told with file, key and way out; secrets never show."""

import pytest

from retention_sdk import load_config
from retention_sdk.config import load_brand
from retention_sdk.errors import ConfigError

SHOP = """
[shop]
id = "my-shop"
name = "My Shop"
country = "DE"
currency = "EUR"
"""
BRAND = """
name = "My Shop"
[sender]
name = "Mira"
"""


@pytest.fixture
def write(tmp_path):
    def files(settings=SHOP, brand=BRAND, **more):
        (tmp_path / "retention.toml").write_text(settings)
        (tmp_path / "brand.toml").write_text(brand)
        for name, text in more.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        return tmp_path / "retention.toml"

    return files


def test_a_minimal_file_is_enough(write):
    config = load_config(write())

    assert "my-shop" == config.shop.id
    assert "Mira" == config.brand.sender.name
    assert config.loyalty is None


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        (SHOP.replace('country = "DE"', ""), "shop.country", "is missing"),
        (SHOP.replace("DE", "Germany"), "shop.country", "pattern"),
        (SHOP.replace("EUR", "euro"), "shop.currency", "pattern"),
        (SHOP.replace("my-shop", "My Shop"), "shop.id", "pattern"),
        (SHOP + 'time_zone = "Berlin"\n', "shop.time_zone", "IANA"),
        (SHOP + 'nmae = "x"\n', "shop.nmae", "did you mean `name`?"),
        (SHOP + "[chanels]\n", "chanels", "did you mean `channels`?"),
        (SHOP + "[store]\nraw_body_days = -1\n", "store.raw_body_days", "greater than"),
        (SHOP + '[codes]\nbase_url = "ftp://x"\n', "codes.base_url", "pattern"),
        (SHOP + '[codes]\nkey = "short"\n', "codes.key", "16"),
        (SHOP + "[codes]\ncurrent = 1\n", "codes", "no such number"),
        (SHOP + f'[codes]\nkey = "{"x" * 16}"\nkeys = {{0 = "{"y" * 16}"}}\n', "codes", "the same"),
        (SHOP + f'[codes]\nkeys = {{4 = "{"y" * 16}"}}\n', "codes.keys.4.[key]", "'0'"),
        (SHOP + '[codes.targets]\ndefault = "//elsewhere.example"\n', "codes.targets.default", "pattern"),
        (SHOP + '[codes.targets]\nthank_you = "https://a@b.example/"\n', "codes.targets.thank_you", "pattern"),
        (SHOP + '[codes.targets]\nthank_you = "javascript:alert(1)"\n', "codes.targets.thank_you", "pattern"),
        (SHOP + '[locales]\ndigits = "roman"\n', "locales.digits", "'auto'"),
        (SHOP + "[loyalty.rates]\nEUR = { points = 0, per_minor = 1 }\n", "loyalty.rates.EUR.points", "greater"),
        (SHOP + "[loyalty.rates]\nEUR = { points = 1.5, per_minor = 1 }\n", "loyalty.rates.EUR.points", "integer"),
        (SHOP + 'brand = "x"\n', "shop.brand", "known keys"),
        ('brand = "x"\n' + SHOP, "brand", "table"),
        ("shop = 3\n", "shop", "dictionary"),
        ("", "shop", "is missing"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_with_file_key_and_way_out(write, settings, key, words):
    with pytest.raises(ConfigError, match=r"retention\.toml: ") as caught:
        load_config(write(settings))

    assert key == caught.value.key
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("brand", "key", "words"),
    [
        ("", "name", "is missing"),
        (BRAND.replace("[sender]", "[sendre]"), "sender", "is missing"),
        (BRAND + '[palette]\nprimary = "red"\n', "palette.primary", "pattern"),
        (BRAND + '[formality]\nde = "rude"\n', "formality.de", "'formal'"),
        ('logo = "missing.svg"\n' + BRAND, "logo", "missing.svg cannot be read"),
    ],
)
def test_a_wrong_brand_is_told_with_file_key_and_way_out(write, brand, key, words):
    with pytest.raises(ConfigError, match=r"brand\.toml: ") as caught:
        load_config(write(brand=brand))

    assert key == caught.value.key
    assert words in str(caught.value)


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match="retention init"):
        load_config(tmp_path / "retention.toml")


def test_what_is_not_toml_is_told_with_its_line(write):
    with pytest.raises(ConfigError, match=r"not TOML: .*line 2"):
        load_config(write("[shop]\nname = \n"))


def test_a_secret_comes_from_the_environment_and_never_shows(write):
    settings = SHOP + '[platforms.woocommerce]\nwebhook_secrets = ["env:WOO"]\n'

    config = load_config(write(settings), environ={"WOO": "hush-hush"})

    assert ["hush-hush"] == config.platforms["woocommerce"]["webhook_secrets"]
    assert "hush" not in repr(config)


def test_a_missing_variable_names_itself_and_the_key(write):
    settings = SHOP + '[channels.smtp]\npassword = "env:SMTP_PASSWORD"\n'

    with pytest.raises(ConfigError, match="set SMTP_PASSWORD") as caught:
        load_config(write(settings), environ={})

    assert "channels.smtp.password" == caught.value.key


def test_a_logo_is_read_from_beside_the_brand(write):
    file = write(brand='logo = "logo.svg"\n' + BRAND, logo_svg="<svg/>")

    assert "<svg/>" == load_brand(file.parent / "brand.toml").logo


def test_a_huge_logo_is_refused(write):
    file = write(brand='logo = "logo.svg"\n' + BRAND, logo_svg="x" * 600_000)

    with pytest.raises(ConfigError, match="512 KiB"):
        load_config(file)
