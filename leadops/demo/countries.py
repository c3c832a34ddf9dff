"""Where the invented people live: names, towns, numbers and kinds of companies, country by country.

Many of each, so that two people of one name in one town are as rare as in life.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """`weight`: how often somebody comes from there; `phone`: how numbers begin."""

    weight: int
    phone: str
    firsts: list[str]
    lasts: list[str]
    towns: list[str]
    endings: list[str]  # of companies


def _country(weight, phone, firsts, lasts, towns, endings):
    return Country(weight, phone, *(words.split() for words in (firsts, lasts, towns, endings)))


COUNTRIES = {
    "DE": _country(
        34,
        "+49 561 555",
        """Anke Dirk Henning Sofie Jens Katrin Uwe Silke Malte Birgit Torsten Heike Ralf Sabine Kai
        Ulrike Jörg Anja Bernd Claudia Stefan Nicole Holger Martina Frank Tanja Volker Susanne Gerd
        Monika Olaf Kerstin Carsten Andrea Lutz Simone Rainer Petra Ingo Ute Markus Daniela Detlef
        Britta Thomas Corinna Werner Gabriele Arne Melanie Norbert Yvonne Sven Jutta Florian""",
        """Brandt Sommer Voss Keller Hartmann Lorenz Ludwig Neumann Ebert Krause Busch Thiele Albers
        Bachmann Clausen Dittrich Engelke Fischer Gerlach Harms Ihde Jansen Kessler Lindner
        Marquardt Nolte Oswald Peters Quandt Reimers Seidel Tiedemann Uhlig Vollmer Wegner Zander
        Ackermann Behrens Conrad Dreyer Eggers Grote Heinemann Jacobs Kühne Lange Meinhardt Niemann
        Pohl Rademacher Schütte Timm Unger Vogt Wulff Zimmermann Arndt Böttcher Diekmann
        Ernst Förster Günther Hoffmann Jahn Köhler Lemke Möller Naumann Otto Petersen Richter Scholz
        Teichmann Ullrich Wiese Ziegler Bergmann Franke Hagedorn Kaminski Lüders Mertens""",
        """Kassel Hamm Goslar Siegen Zwickau Celle Gera Hagen Plauen Worms Bocholt Emden Fulda Gotha
        Herne Jena Kleve Lingen Minden Neuss Peine Rheine""",
        "GmbH AG KG",
    ),
    "AT": _country(
        9,
        "+43 732 555",
        """Petra Lukas Johanna Matthias Verena Franz Elisabeth Georg Sonja Wolfgang Barbara Herbert
        Karin Christoph Doris Manfred Eva Gerhard Birgit Alois Theresa Josef Renate Clemens Hannes
        Gudrun Rupert Edith Leopold Christa Gernot Silvia""",
        """Huber Gruber Steiner Moser Pichler Aigner Berger Dorner Eder Fuchs Gasser Haas Kofler
        Leitner Mayr Nagl Oberhofer Pfister Reiter Schwarz Thaler Wallner Zauner Brunner Egger
        Hofer Kainz Lechner Neuhauser Riegler Strasser Winkler Auer Binder Ebner Fink Hammerl
        Jungwirth Koller Lang Pölzl Schober Stadler Tauber Wimmer""",
        """Linz Graz Wels Steyr Villach Krems Leoben Dornbirn Amstetten Hallein Kufstein Lienz Tulln
        Bregenz""",
        "GmbH AG",
    ),
    "CH": _country(
        6,
        "+41 52 555",
        "Reto Ursina Beat Corinne Urs Regula Daniel Sandra Marcel Brigitte Roger Nadia Vreni",
        """Meier Frei Zürcher Amstutz Baumann Christen Egli Furrer Gerber Hofstetter Imhof Kälin
        Lüthi Nägeli Odermatt Rüegg Schneider Tobler Widmer Zgraggen""",
        "Winterthur Olten Thun Chur Aarau Wil Uster Baar Frauenfeld Herisau",
        "AG",
    ),
    "CZ": _country(
        14,
        "+420 567 555",
        """Lukáš Ondřej Radka Jana Marek Hana Petr Lenka Jiří Monika Tomáš Věra Pavel Zuzana Martin
        Alena Karel Eliška Václav Ivana Jakub Markéta Roman Kateřina Zdeněk Dana Vojtěch Šárka""",
        """Horák Malina Dvořák Bartoš Kučera Beran Čermák Doležal Fiala Hájek Jelínek Kolář Liška
        Mareš Navrátil Pokorný Růžička Sedláček Tichý Urban Vaněk Zeman Blažek Charvát Dušek Hruška
        Janda Kadlec Macháček Novotný Polák Souček Šimek Štěpánek Valenta Vlček Žák""",
        "Jihlava Teplice Zlín Opava Kolín Písek Tábor Cheb Přerov Znojmo Třebíč",
        "s.r.o. a.s.",
    ),
    "PL": _country(
        13,
        "+48 42 555",
        """Ewa Katarzyna Paweł Agnieszka Tomasz Anna Piotr Magdalena Marcin Joanna Krzysztof Beata
        Grzegorz Dorota Łukasz Iwona Rafał Monika Andrzej Renata Jacek Aneta Zbigniew Sylwia""",
        """Wójcik Lis Nowak Zając Adamczyk Baran Czarnecki Dudek Fijałek Górski Jabłoński Kaczmarek
        Laskowski Mazur Nowicki Olszewski Pawlak Rutkowski Sikora Tomczyk Urbański Walczak Zawada
        Bielecki Chmiel Domański Gajda Hajduk Krawczyk Maciejewski Pietrzak Stępień Wrona""",
        "Łódź Radom Tychy Kielce Opole Gliwice Płock Elbląg Konin Słupsk Legnica Piła Sanok Ełk",
        "Sp.z.o.o. S.A.",
    ),
    "SE": _country(
        12,
        "+46 90 555",
        """Henrik Sara Mikael Nora Anders Karin Johan Emma Lars Malin Peter Ulrika Fredrik Jenny
        Magnus Helena Stefan Camilla Björn Annika Göran Linnea Patrik Susanne""",
        """Åberg Ek Lund Lindgren Sjö Bergström Dahlgren Engström Forsberg Gustavsson Hedlund
        Isaksson Jonsson Kjellberg Löfgren Månsson Nyström Öberg Palm Rosén Sandberg Vikström
        Wallin Blom Ekdahl Frisk Holmqvist Norén Strand""",
        "Umeå Borås Västerås Gävle Kalmar Luleå Skövde Falun Eskilstuna Kiruna Motala Visby Ystad",
        "AB",
    ),
    "NO": _country(
        6,
        "+47 71 55",
        """Ingrid Lars Silje Kari Øyvind Marit Geir Hanne Terje Astrid Knut Solveig Rune Bente Einar
        Tone Arild Guro Svein Randi Trond Liv Harald Berit""",
        """Berg Haugen Dahl Bakke Eide Fjeld Grønli Hovland Iversen Kvam Lunde Moen Nygård Opheim
        Rønning Solberg Tveit Ulven Vik Aasen Brekke Dalen Engen Foss Gjerde Hagen Jensrud Lien
        Myhre Nesheim Rustad Sletten Torp Wold""",
        "Molde Skien Bodø Hamar Larvik Narvik Halden Gjøvik Harstad Moss",
        "AS",
    ),
    "DK": _country(
        6,
        "+45 75 55",
        """Mette Søren Freja Jesper Lone Henning Pia Torben Kirsten Allan Dorthe Bo Vibeke Niels
        Gitte Claus Hanne Ole Tina Preben Birthe Flemming Rikke Asger""",
        """Skov Holm Juhl Bach Dam Enevoldsen Friis Gram Høj Iversen Kjær Lauridsen Mogensen Nygaard
        Overgaard Poulsen Rask Storm Toft Winther Abildgaard Brandt Dalsgaard Elkjær Fogh Hald
        Jeppesen Krogh Lassen Munk Nørgaard Ravn Skytte Thorup""",
        "Vejle Odense Kolding Horsens Randers Herning Viborg Holbæk Svendborg Thisted",
        "A/S",
    ),
}


def pick(random):
    """(code, Country) of the next one who comes."""
    codes = list(COUNTRIES)
    weights = [one.weight for one in COUNTRIES.values()]
    code = random.choices(codes, weights)[0]
    return code, COUNTRIES[code]
