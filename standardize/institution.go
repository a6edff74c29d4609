package standardize

import (
	"strings"
	"sync"
)

// institutionWords name bodies that have no legal form in their name, and never a person: courts,
// offices, schools, churches, embassies. Words that are surnames as well (Church, Bank, Park) are left out.
const institutionWords = `администрация министерство минфин минздрав минобороны управление отдел отделение департамент комитет инспекция служба агентство дума
	правительство мэрия муниципалитет сельсовет исполком горисполком райисполком райотдел префектура управа казначейство госкорпорация заповедник лесничество лесхоз
	суд прокуратура полиция милиция увд омвд умвд гувд мвд мчс фсб фссп фнс ифнс уфнс мифнс росреестр роспотребнадзор пфр сфр фсс загс цзн мфц военкомат
	школа сош гимназия лицей детсад садик ясли колледж техникум училище университет институт академия факультет кафедра общежитие интернат
	гбуз гауз гобуз фгбуз огбуз кгбуз мбуз нуз цгб црб гкб поликлиника больница госпиталь роддом диспансер амбулатория санаторий стоматология аптека
	церковь храм собор монастырь приход мечеть синагога епархия митрополия подворье костел
	посольство консульство представительство торгпредство
	тсж тсн снт днт жск гск осбб колхоз совхоз профсоюз фонд музей театр библиотека филармония цирк зоопарк стадион
	предприятие учреждение организация товарищество кооператив общество магазин гостиница ресторан кафе ателье автосервис шиномонтаж типография редакция завод фабрика комбинат
	гбу мбу мку мкоу мбоу мбдоу мадоу маоу гбоу гаоу гку фку фгку фгбу фгбоу фгаоу фгуп гуп муп мау гау чоу ноу
	адміністрація міністерство відділ відділення управління прокуратура поліція школа гімназія ліцей дитсадок університет інститут академія коледж лікарня поліклініка церква собор монастир парафія посольство консульство музей
	підприємство установа організація товариство громада сільрада виконком крамниця готель
	адміністрацыя міністэрства упраўленне паліклініка бальніца школа гімназія царква
	ministry department municipality embassy consulate university college hospital clinic committee council commission directorate prosecutor parish diocese library museum kindergarten
	ministerium gemeinde krankenhaus universität botschaft ministerio ayuntamiento hospital universidad embajada ministère mairie université ambassade urząd gmina szpital uniwersytet parafia bakanlığı belediyesi üniversitesi`

var institutions = sync.OnceValue(func() map[string]bool { return foldedSet(institutionWords) })

// institutional reports a name that begins like that of a body without a legal form: Администрация
// г. Перми, Городская поликлиника № 3. Further on in a name, such a word says less.
func institutional(words []orgWord) bool {
	if len(words) > 1 && (words[1].folded == Fold("сад") || words[1].folded == Fold("садок")) && strings.HasPrefix(words[0].folded, Fold("д")) {
		return true // детский сад, дитячий садок
	}
	for i := range words[:min(len(words), 3)] {
		if institutions()[words[i].folded] {
			return true
		}
	}
	return false
}

// Institutional reports whether a text names a body that has no legal form: a court, a school, an embassy.
func Institutional(text string) bool { return institutional(orgWords(clean(text))) }
