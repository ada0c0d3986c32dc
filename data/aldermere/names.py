"""Names of streets, each used once."""

from __future__ import annotations

import numpy as np

OLD = """Baker's Tanner's Cooper's Weaver's Dyer's Fletcher's Potter's Mercer's Glover's Skinner's
Chandler's Draper's Fuller's Hatter's Lorimer's Mason's Miller's Roper's Shearer's Thatcher's
Tinker's Turner's Vintner's Cordwainer's Wheelwright's Candle Pepper Salt Bread Herring Butter
Bell Lantern Friar Minster Well Pump Cloister Almoner's Bellfounder's Cobble Crooked Dovecote
Needle Spindle Thimble Trinket Wicket Pilgrim Psalter Vellum Quill""".split()
TOWN = """Exchange Granary Compass Beacon Anchor Mariner Sextant Quadrant Almanac Printer Telegraph
Gaslight Tramway Ironmonger Brass Pewter Marble Slate Copperas Customs Ferryman Harbinger Ledgerline
Merchant Minting Orchard Signal Steward Tabard Tollhouse Treasury Viaduct Warden
Windlass Workhouse Colonnade Rotunda Pavilion Cornice Lintel Keystone Parapet""".split()
FRONT = """Alder Ash Barley Beck Birch Black Bram Briar Broad Brook Byre Chalk Clay Cole Corn Cran Crow
Dun Elder Elm Fallow Farn Fern Finch Flax Fox Gorse Hare Hart Haw Hazel Heath Hern Holl Honey Ivy
Kell Lang Lark Lin Long Maple Marsh Meadow Mill Moss Nettle Oak Otter Penn Plover Rad Raven Reed
Rook Rose Rush Rye Sedge Shaw Silver Sloe Stan Swan Tarn Thistle Thorn Wain Wheat Whin Willow Winter
Wren Yarrow""".split()
BACK = """by combe cote croft dale den field ford garth grove ham hurst land leigh low mead mere more
ridge stead stone stow thorpe ton wick wood worth""".split()
KINDS = {
    "old": ("Lane", "Row", "Street", "Hill", "Yard", "Street"),
    "town": ("Street", "Street", "Avenue", "Place"),
    "inner": ("Street", "Road", "Street", "Terrace"),
    "suburb": ("Road", "Drive", "Avenue", "Crescent", "Way", "Gardens", "Road"),
    "close": ("Close", "Court", "Mews", "End"),
    "edge": ("Lane", "Road"),
}


class Namer:
    """Hands out names that were not used before."""

    def __init__(self, rng: np.random.Generator, used: set[str]) -> None:
        self.rng, self.used = rng, set(used)
        words = [f + b for f in FRONT for b in BACK if f[-1] != b[0] and f[-2:] != b[:2]]
        self.pools = {
            "old": [OLD[i] for i in rng.permutation(len(OLD))],
            "town": [TOWN[i].replace("-", " ").title() for i in rng.permutation(len(TOWN))],
            "any": [words[i] for i in rng.permutation(len(words))],
        }

    def name(self, district: str) -> str:
        """Return a new name fit for a district (a key of ``KINDS``)."""
        pool = self.pools.get(district) or self.pools["any"]
        word = pool.pop()
        kinds = KINDS[district]
        name = f"{word} {kinds[int(self.rng.integers(len(kinds)))]}"
        return name if self._new(name) else self.name(district)

    def _new(self, name: str) -> bool:
        first = name.split()[0]
        if name in self.used or any(u.split()[0] == first for u in self.used):
            return False
        self.used.add(name)
        return True
