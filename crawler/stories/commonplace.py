"""Words that are capitalised and still no news: agencies, demonyms, titles; and bodies' names in other languages.

Data of the language, small on purpose: what is missing here is announced as a new name once too often.
"""

from __future__ import annotations

from collections.abc import Mapping

from crawler.text import fold

_AGENCIES = (
    "AP Associated Press Reuters AFP Agence Bloomberg Interfax TASS RIA Ukrinform UNIAN PAP dpa EFE ANSA BBC CNN "
    "Guardian Getty Shutterstock "
    "Telegram Facebook Twitter Instagram YouTube X TikTok WhatsApp Viber RSS "
    "Рейтер Інтерфакс Интерфакс ТАСС РІА РИА Укрінформ Укринформ УНІАН УНИАН Суспільне Телеграм Телеграмі Телеграме "
    "Фейсбук Фейсбуці Твіттер Ютуб"
)
_DEMONYMS = (
    "Ukrainian Ukrainians Russian Russians Belarusian American Americans British Briton Britons English French German "
    "Germans Polish Pole Poles Italian Spanish Dutch European Europeans Chinese Japanese Korean Koreans Indian "
    "Iranian "
    "Israeli Israelis Palestinian Palestinians Syrian Syrians Iraqi Iraqis Libyan Libyans Egyptian Turkish "
    "Turks Saudi "
    "Arab Arabs Kurdish Kurds Lebanese Jordanian Yemeni Afghan Pakistani Canadian Australian Mexican Brazilian Greek "
    "Hungarian Romanian Bulgarian Czech Slovak Swedish Finnish Norwegian Danish Lithuanian Latvian Estonian Moldovan "
    "Georgian Armenian Azerbaijani Kazakh Serbian Croatian Austrian Swiss Belgian Portuguese Irish Scottish Soviet "
    "Western Eastern Northern Southern African Asian Latin Muslim Christian Orthodox Catholic Jewish Islamic Crimean"
)
_TITLES = (
    "President Minister Prime Vice Deputy Secretary Foreign Defence Defense Interior Justice Finance State Department "
    "Ministry Government Parliament Senate Congress Court Council Commission Committee Office House Party General "
    "Governor Mayor Ambassador King Queen Pope Prince Princess Chancellor Commissioner Ombudsman Spokesman "
    "Human Rights "
    "Mr Mrs Ms Dr Sir Lady First National International Federal Supreme United World Security Police Army Navy "
    "Air Force "
    "Director Cardinal Emperor Empress Doctor Professor Project Bank Organization Organisation Association Union "
    "Agency Fund Institute Centre Center Company Group Club League Team Prize Peace Cross Health Central Criminal "
    "Economic Chief Officer Colonel Captain Judge Prosecutor Bishop Archbishop Sheikh Republic Kingdom Embassy Museum "
    "Директор Директорка Директорки Мер Мера Мэр Мэра Уряд Уряду Правительство Папа Папи Папы Кардинал Банк Банку "
    "Банка Голова Глава Очільник Генерал Генерала Суддя Судья Прокурор Прокуратура Прокуратури Прокуратуры Губернатор "
    "Фонд Фонду Фонда Агентство Агентства Інститут Институт Республіка Республика Комісія Комиссия Комітет Комитет "
    "Парламент Сенат Конгрес Конгресс Міноборони Минобороны МЗС МИД ДСНС МЧС Університет Университет Церква Церковь "
    "General Staff Armed Forces AFU Ground Command Operational Black Baltic Caspian Mediterranean Atlantic Pacific "
    "Генштаб Генштабу Генштабі Генштаба Генштабе Генерального Штаб Штабу Штаба Збройні Збройних Збройними Сили Сил "
    "Вооруженные Вооруженных ВС ВМС ВМФ ВКС РФ СРСР СССР ДНР ЛНР АР Чорне Чорного Чорному Черное Черного Черном "
    "Азовське Азовського Азовское Азовского Море Моря "
    "Service Article Brigade Battalion Regiment Division Corps Squadron Mechanized Mechanised Infantry Airborne Tank "
    "Повітряні Повітряних Воздушные Воздушных Служба Стаття Статья Бригада Бригади Бригады "
    "Region Oblast District City River Street Sea Lake Island University Hospital School Airport Church God Internet "
    "Президент Президента Президентом Міністр Міністерство Прем'єр Уповноважений Офіс Офісу Верховна Верховний "
    "Верховної "
    "Міжнародний Міжнародного Кримінальний Міністерства Министр Министерство Премьер Верховный Верховного "
    "Международный Международного Генеральний Генеральная Головне Главное Державна Державної Государственная "
    "Національна Національної Национальная Об'єднані Організація Організації Организация Европейский Європейський "
    "Європейського Служба Служби Бюро Рада Ради Совет Совета Суд Суду"
)
COMMONPLACE = frozenset(fold(word) for words in (_AGENCIES, _DEMONYMS, _TITLES) for word in words.split())
"""Folded words that are capitalised and say nothing new by themselves."""

_BODIES = (
    "un onu оон oonz",
    "eu єс ес ue",
    "usa us u.s америка сша eeuu",
    "nato нато otan",
    "icc мкс мус cpi istgh",
    "osce обсє обсе obwe osze",
    "who вооз воз oms",
    "iaea магате aiea мaea",
    "unicef юнісеф юнисеф",
    "unesco юнеско",
    "imf мвф fmi",
    "fbi фбр",
    "cia цру",
    "uk britain британія британії великобританія великобританії великобритания великобритании британия",
    "sbu сбу",
    "gru гур hur",
    "zsu всу зсу",
    "unhcr увкб убеженцев",
    "red червоний червоного красный красного rotes roten croix",
)
ALIASES: Mapping[str, str] = {fold(word): line.split()[0] for line in _BODIES for word in line.split()}
"""Folded name of a body → its English name, for those that neither spelling nor sound tells."""

_PLACES = """
ukraine україн украин ukrain; russia росі росси rosj russland russie rusia; germany німеччин германи
deutschland; turkey туреччин турц turkiye; norway норвег norweg; slovakia словаччин словак slowak; europe європ
европ; hungary угорщин венгри wegr ungarn; poland польщ польш polsk polen polog; georgia грузі грузи gruzj;
spain іспан испан hiszpan spanien espagn; italy італі итал wloch italien; greece греці греци grecj griechenland;
switzerland швейцар szwajcar schweiz; austria австрі австри osterreich; china китай китаю китаї китае китая;
japan япон; france франці франци francj frankreich; netherlands нідерланд нидерланд holland голланд; belarus
білорус беларус белорусс bialorus weissruss; czechia чехі чехи czech tschech; croatia хорват chorwac; sweden
швеці швеци szwecj schweden; finland фінлянді финлянди finlandi finnland; denmark данія данії данію дания дании
данию; romania румуні румыни rumun; moldova молдов; lithuania литва литви литву литві литвы литве litwa litwy
litwie litau; latvia латві латви lotw lettland; estonia естоні эстони; egypt єгип егип; israel ізраїл израил;
syria сирія сирії сирію сирия сирии сирию; iran іран иран; iraq ірак ирак; cyprus кіпр кипр; india індія індії
індію индия индии индию; korea корея кореї корею кореи; crimea крим криму кримом кримськ крым krym krim; hague
гааг; vienna відень відн вена вену вене вены; geneva женев genew genf; rome рим риму римі риме рима; athens афін
афин aten; munich мюнхен monachi; beijing пекін пекин pekin; cairo каїр каир kair; kyiv kiev києв київ киев
kijow; kharkiv kharkov харків харков харьков; odesa odessa одес одещин; lviv lvov львів львов львівщин; dnipro
дніпр днепр; sumy суми сумах сумськ сумск сумщин; kherson херсон; zaporizhzhia запоріж запорож; donetsk донецьк
донецк донеччин; luhansk луганс луганщин; chernihiv черніг черниг; poltava полтав; mykolaiv миколаїв миколаєв
николаев; zhytomyr житомир
"""
_STEMS = {stem: line.split()[0] for line in _PLACES.split(";") for stem in line.split()}
"""How a place's name begins, in any language and case → its English name; no beginning of a person's name."""
_LONGEST_STEM = max(map(len, _STEMS))
_SHORTEST_STEM = 3
_LONGEST_ENDING = 6


def called(folded: str) -> str:
    """What a body or a place is called in English, for those that sound different elsewhere; empty for all others."""
    if alias := ALIASES.get(folded):
        return alias
    for length in range(min(len(folded), _LONGEST_STEM), max(_SHORTEST_STEM, len(folded) - _LONGEST_ENDING) - 1, -1):
        if place := _STEMS.get(folded[:length]):
            return place
    return ""


CREDIT_LINES = (
    r"reporting by|editing by|writing by|additional reporting|subscribe|sign up|read more|read also|see also|"
    r"photo:|image:|"
    r"share this|follow us|click here|all rights reserved|copyright|©|advertis|newsletter|this article was|"
    r"читайте також|читайте также|підпис|подпис|фото:|джерело:|источник:|редакц|реклама|нагадаємо, що ви|більше новин|"
    r"больше новостей|наш telegram|наш телеграм|якщо ви знайшли помилку|если вы нашли ошибку|за матеріалами|"
    r"по материалам|"
    r"czytaj także|lesen sie auch|lire aussi|leer también|leggi anche|lees ook"
)
"""What the lines begin with that an outlet adds to a report; a regular expression."""
