"""Passages: short pieces of news of our own writing, for ears that compare two ways of speaking.

Each has a figure, a name or a date in it: that is what fast speech loses first.
"""

PASSAGES = (
    "The harbour of Calder Bay will stay closed until Thursday. Divers found two cracks in the "
    "northern wall, each about three metres long. Ferries leave from Ansley instead.",
    "Voters in the valley have turned down a new toll road by 54 to 46 per cent. The council had "
    "promised that it would pay for itself in twelve years.",
    "A storm took the roof off the market hall last night. Nobody was hurt, because the traders "
    "had gone home an hour before. Repairs will cost around 300,000 euros.",
    "The national library has found a letter that was lost for ninety years. It lay inside a "
    "cookbook, which a reader had given back in 1934.",
    "Bakers say that the price of butter has doubled since March. Some have begun to make their "
    "pastries with oil, and their customers have noticed.",
    "The railway will run night trains to the coast again from the tenth of June. A bed costs 60 "
    "euros, breakfast included. The last such train left eighteen years ago.",
    "Researchers have counted the swifts of the old town for the first time. They found 412 "
    "nests, most of them under tiles that are to be replaced next year.",
    "Judge Marta Olsen has stopped the sale of the shipyard. She gave both sides four weeks to "
    "show who owns the land on which the cranes stand.",
    "The hospital in Tarn is short of forty nurses. It will close one ward in seven over the "
    "summer, and send those who can travel to the city.",
    "For the second time this year the river has risen above its banks. The water reached the "
    "school on Sunday evening and had gone down again by noon.",
    "A company from Brno wants to build a factory for heat pumps near the airport. It would "
    "employ 850 people. The mayor called it the best news since the bridge.",
    "The museum will show its collection of clocks in the dark. Visitors are given a small lamp "
    "at the door, and asked to listen before they look.",
    "Fishermen on the east coast may catch a fifth less cod from January. The minister said that "
    "the stock had shrunk for six years in a row.",
    "The first electric bus broke down on its third day. A sensor had taken snow for an open "
    "door. The maker promised new software by Friday.",
    "Two climbers were brought down from the Hornspitz after a night at minus eleven degrees. "
    "They had waited in a crevasse and sung to stay awake.",
    "The parliament has voted to end the changing of clocks. The law passed by three votes and "
    "takes effect in two years, if the neighbours do the same.",
    "Farmers brought 200 tractors to the capital to protest against new rules on manure. The "
    "police closed the ring road from seven until half past ten.",
    "A pianist has stepped in for a colleague with four hours' notice. She had not played the "
    "concerto for nine years, and the orchestra had never met her.",
    "The village of Lower Aske has had no shop since its baker retired. Now a van comes on "
    "Tuesdays and Saturdays, and sells bread, stamps and light bulbs.",
    "Astronomers have seen a comet that comes by once in 71 years. With clear skies it can be "
    "found low in the west, half an hour after sunset.",
)
