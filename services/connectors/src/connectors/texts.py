"""What people read about connections and reports, in Indonesian or English."""

from pathlib import Path

from common.texts import Texts

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say
