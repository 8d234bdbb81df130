"""Who does what: LAN writes it, others read it, and what nobody has written stays empty, in files too."""

import re
from datetime import timedelta


async def test_lan_writes_and_others_read_with_empty_cells_empty(visitor, at_browser, registry, agency, clock) -> None:
    await visitor.log_in("lan")
    typed = {"name": "P3K Bangkom", "role": "Penanggung jawab", "contribution": ""}
    assert (await visitor.send("/stakeholders", do="add", **typed)).status_code == 303
    bad = await visitor.send("/stakeholders", do="add", **(typed | {"role": ""}))
    assert (bad.status_code, '<a href="#role">' in bad.text) == (422, True)
    plain = (await visitor.get("/stakeholders?as=csv")).content.decode("utf-8-sig").splitlines()
    assert plain[1].startswith("P3K Bangkom;Penanggung jawab;;"), "an empty cell stays empty"
    [address] = re.findall(r'href="(/stakeholders/[^"]+)"', (await visitor.get("/stakeholders")).text)
    began = clock.today()
    clock.moment = registry.clock.moment = clock.moment + timedelta(days=2)
    await visitor.log_in("lan")
    changed = await visitor.send(
        address, action="/stakeholders", do="change", **(typed | {"contribution": "Menyusun pedoman"})
    )
    assert changed.status_code == 303, changed.text
    reader = at_browser()
    await reader.log_in("agency_hr", agency=agency)
    assert "Menyusun pedoman" in await reader.see("/stakeholders")
    assert "Menyusun pedoman" not in await reader.see(f"/stakeholders?day={began}"), "as it stood on that day"
    assert (await reader.get(address)).status_code == 403
