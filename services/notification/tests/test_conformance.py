"""Whatever is sent to the service, the answer is one that its document tells."""


async def test_every_answer_is_documented(keeps_its_word, app, database, make, notification) -> None:
    for code in ("K-001", "K-002"):
        notification.mail_server.answer(f"{code}@agency.example", "550 5.1.1 no such mailbox")
        agency = make.agency(code, pics=[make.pic(email=f"{code}@agency.example")])
        await notification.take(agency, *make.pages([make.person(1)], code=code))
    await notification.send()
    messages = await notification.messages()
    await keeps_its_word(
        "notification",
        app,
        scope={"agency": make.agency_id("K-001")},
        known={"message_id": [message.id for message in messages], "round_id": [make.sweep]},
        bodies={},
    )
