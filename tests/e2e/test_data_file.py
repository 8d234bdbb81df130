"""Everything that all services hold of somebody comes together in one file, also when one of them was away."""

from registry.data_files.schemas import PersonalData


async def test_a_persons_data_from_all_services_also_when_one_was_away(jejak) -> None:
    agency = await jejak.agency()
    [me] = await jejak.people(agency, 1)
    line = jejak.training(me, title="Pelatihan berkas data")
    assert (await jejak.batch("training", "/trainings:batch", [line]))[0]["status"] == "stored"

    async def evidence():
        return (await jejak.get("credit", f"/people/{me['id']}/evidence"))["items"]

    await jejak.until(evidence)
    worker = jejak.stack.process("credit", "worker")
    worker.kill()
    mine = {"role": "person", "person": me["id"]}
    file = await jejak.post("registry", "/data-files", {"language": "en"}, **mine)

    async def shown(state: str, missing: list[str]):
        found = await jejak.get("registry", f"/data-files/{file['id']}", **mine)
        return (found["state"], found["missing"]) == (state, missing) and found

    await jejak.until(lambda: shown("gathering", ["credit"]))
    assert (await jejak.post("registry", "/data-files", {}, **mine))["id"] == file["id"]
    await worker.start()
    ready = await jejak.until(lambda: shown("ready", []))

    read = await jejak.call("registry", "GET", f"/data-files/{file['id']}/json", **mine)
    data = PersonalData.model_validate_json(read.content)
    held = {service.service: {each.name: each.rows for each in service.sections} for service in data.services}
    assert held["registry"]["nips"][0]["nip"] == me["nip"]
    assert [record["title"] for record in held["training"]["records"]] == [line["title"]]
    assert [each["title"] for each in held["credit"]["evidence"]] == [line["title"]]
    assert held["notification"]["messages"] == []
    pdf = await jejak.call("registry", "GET", f"/data-files/{file['id']}/pdf", **mine)
    assert (pdf.content[:5], len(pdf.content)) == (b"%PDF-", ready["pdf_size"])
    await jejak.at_rest()
    assert (await jejak.run("registry", "check"))[0] == 0
