"""Words that are capitalised and still no news: agencies, demonyms, titles; and bodies' names in other languages.

Data of the language, small on purpose: what is missing here is announced as a new name once too often.
"""

from __future__ import annotations

from collections.abc import Mapping

from crawler.text import fold

_AGENCIES = (
    "AP Reuters AFP Bloomberg Interfax TASS RIA Ukrinform UNIAN PAP dpa EFE ANSA BBC CNN Guardian Getty Shutterstock "
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
