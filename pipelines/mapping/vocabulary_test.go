package mapping

import (
	"strings"
	"testing"
)

func TestHeadingsSayWhatTheyMean(t *testing.T) {
	// heading → concept; "" for none
	const cases = `
ФИО → person
Ф.И.О. → person
фио_клиента → person
КЛИЕНТ.ФИО → person
FIO_KLIENTA → person
ПІБ → person
Фамилия, имя, отчество → person
Наименование → name
НаименованиеПолное → full
Наименование (полное) → full
Контрагент → name
Контрагент.Наименование → name
Название организации → org
companyName → org
surname → name.last
Last Name * → name.last
LASTNAME → name.last
familyName → name.last
Фамилия клиента → name.last
Прізвище → name.last
Imya → name.first
givenName → name.first
Ім’я → name.first
name.middle → name.patronymic
По-батькові → name.patronymic
Дата рождения → birth_date
ДатаРождения → birth_date
Дата рожд. → birth_date
ДР → birth_date
Д.р. → birth_date
Дата  рождения\n(дд.мм.гггг) → birth_date
BIRTH_DT → birth_date
DATA ROJDENIYA → birth_date
data_rozhdeniya → birth_date
borrower_birth_date → birth_date
Пол → gender
Телефон → phone
Тел.: → phone
Контактный телефон клиента → phone
Номер телефона для связи с клиентом → phone
phone1 → phone
Phone (2) → phone
customer_phone_number → phone
TELEFON → phone
Мобильный тел. → phone@mobile
Рабочий телефон → phone@work
Домашний → 
Домашний телефон → phone@home
E-mail → email
e mail: → email
Эл. почта → email
EMAIL_ADDR → email
Адрес → address
Юридический адрес → address@registration
Адрес (фактический) → address@living
Адрес доставки → address@delivery
Адрес места жительства (регистрации) → address@registration
КонтактнаяИнформация.Адрес → address
Город → address.city
Город проживания → address.city
Reg City → address@registration.city
ZIP Code → address.postcode
Почтовый индекс → address.postcode
№ дома → address.house
ИНН → inn
ИНН клиента → inn
КлючевыеСвойства.ИНН → inn
ИНН / КПП → -inn+kpp
ИНН_КПП → -inn+kpp
СНИЛС → snils
СтраховойНомерПФР → snils
Паспорт: серия, номер → passport
Серия паспорта → passport.series
DOC_SER → passport.series
РНОКПП → rnokpp
Код ЄДРПОУ → edrpou
БИН/ИИН → iin
ЮрФизЛицо → -kind
Юр./физ. лицо → -kind
ЮридическоеФизическоеЛицо → -kind
entity_type → -kind
CLIENT_ID → -key
Ref_Key → -key
Код клиента → -key
record_id → -key
№ п/п → -counter
N п/п → -counter
№ → -counter
# → -counter
source → -source
Комментарий → -note
Контактная информация → -contact
updated_at → -observed
Дата создания → -created
ADV_SMS → consent@marketing/sms
Согласие на рассылку → consent@marketing
Не звонить → refusal@marketing
Номер договора → product@contract.number
msisdn → product@sim.number
ssn → national_id
soc_sec_id → national_id
ФИО менеджера → -foreign
Телефон банка → -foreign
Контактное лицо → -foreign
mother_maiden_name → -foreign
guarantor_phone → -foreign
ИНН банка → -foreign
Банк.Наименование → -foreign
Название товара → -foreign
Имя файла → 
file name → 
Сегмент → 
cuisine → 
Сумма → `
	for line := range strings.Lines(strings.TrimSpace(cases)) {
		heading, want, _ := strings.Cut(strings.Trim(line, "\n"), " → ")
		heading = strings.ReplaceAll(heading, `\n`, "\n")
		got := ""
		if h, ok := loadVocabulary().find(heading); ok {
			got = h.concept.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", heading, got, want)
		}
	}
}

func TestVocabularyNamesNothingTwice(t *testing.T) {
	seen := map[string]string{}
	for line := range strings.Lines(vocabularyText) {
		name, list, ok := strings.Cut(line, " = ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for alias := range strings.SplitSeq(list, ";") {
			s := squash(words(alias))
			if other, twice := seen[s]; twice && other != name {
				t.Errorf("%q means %s and %s", alias, other, name)
			}
			seen[s] = name
		}
	}
}

func TestTellingHeadings(t *testing.T) {
	for heading, want := range map[string]bool{"ФИО": true, "by": true, "A": false, "AB": true, "": false, "column 3": false, "Столбец5": false, "12": false, "№": true, "д": true, "Unnamed: 0": false} {
		if got := telling(heading); got != want {
			t.Errorf("%q: %v", heading, got)
		}
	}
}
