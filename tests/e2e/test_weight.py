"""What a page weighs on its way, compressed, as the browser counts it."""

import pytest

FIRST_VISIT, SWAP = 150_000, 15_000


@pytest.fixture(scope="module")
def leads(market):
    market.offers(12, market.tomas)
    return market.mqls(25)


@pytest.mark.parametrize(
    ("who", "url"), [("ivana", "/review/"), ("ivana", "/leads/"), ("tomas", "/inbox/")]
)
def test_a_first_visit_is_light(tab, market, leads, who, url):
    page = tab(getattr(market, who))
    bytes_of = counted(page)
    page.goto(url, wait_until="networkidle")
    assert sum(bytes_of.values()) <= FIRST_VISIT, heaviest(bytes_of)


@pytest.mark.parametrize(
    ("who", "url", "key"),
    [("ivana", "/review/", "a"), ("ivana", "/review/", "j"), ("tomas", "/inbox/", "a")],
)
def test_a_swap_is_light(tab, market, leads, who, url, key):
    page = tab(getattr(market, who))
    page.goto(url, wait_until="networkidle")
    bytes_of = counted(page)
    page.keyboard.press(key)
    page.wait_for_timeout(1_000)
    page.wait_for_load_state("networkidle")
    assert bytes_of
    assert sum(bytes_of.values()) <= SWAP, heaviest(bytes_of)


def counted(page):
    """{address: bytes over the wire} from now on."""
    network, names, bytes_of = page.context.new_cdp_session(page), {}, {}
    network.on(
        "Network.requestWillBeSent",
        lambda it: names.update({it["requestId"]: it["request"]["url"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda it: bytes_of.update({names[it["requestId"]]: it["encodedDataLength"]}),
    )
    network.send("Network.enable")
    return bytes_of


def heaviest(bytes_of):
    return sorted(bytes_of.items(), key=lambda one: -one[1])[:6]
