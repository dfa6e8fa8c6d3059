export interface DemoCategory {
  readonly slug: string;
  readonly names: Readonly<Record<'en' | 'fr' | 'de', string>>;
  /** Whether products of this dosage form and route belong here, unless an earlier category claims them. */
  readonly claims: (form: string, route: string) => boolean;
}

/** Categories of a pharmacy's shelf, from the FDA's dosage forms and routes; the first that claims a product has it. */
export const DEMO_CATEGORIES: readonly DemoCategory[] = [
  category(
    'eye-care',
    ['Eye care', 'Soins des yeux', 'Augenpräparate'],
    route(/OPHTHALMIC|INTRAVITREAL|INTRAOCULAR|CONJUNCTIVAL/),
  ),
  category('ear-drops', ['Ear drops', 'Gouttes auriculaires', 'Ohrentropfen'], route(/OTIC/)),
  category('nasal-sprays', ['Nasal sprays', 'Sprays nasaux', 'Nasensprays'], route(/NASAL/)),
  category(
    'inhalation',
    ['Inhalers and inhalation', 'Inhalateurs et inhalation', 'Inhalatoren und Inhalation'],
    route(/INHALATION|RESPIRATORY|INTRATRACHEAL/),
  ),
  category('patches', ['Patches', 'Patchs', 'Pflaster'], route(/TRANSDERMAL|IONTOPHORESIS/)),
  category('contraception', ['Oral contraceptives', 'Contraceptifs oraux', 'Orale Kontrazeptiva'], route(/^ORAL-\d+$/)),
  category('gynaecology', ['Gynaecology', 'Gynécologie', 'Gynäkologie'], route(/VAGINAL|INTRAUTERINE|CERVICAL/)),
  category('rectal', ['Suppositories and enemas', 'Suppositoires et lavements', 'Zäpfchen und Klistiere'], route(/RECTAL|ANAL/)),
  category('dental', ['Dental care', 'Soins dentaires', 'Zahnpflege'], route(/DENTAL|PERIODONTAL|GINGIVAL/)),
  category(
    'under-the-tongue',
    ['Sublingual and buccal', 'Sublingual et buccal', 'Sublingual und bukkal'],
    route(/SUBLINGUAL|BUCCAL|TRANSMUCOSAL/),
  ),
  category(
    'irrigation',
    ['Irrigation and dialysis', 'Irrigation et dialyse', 'Spülung und Dialyse'],
    route(/IRRIGATION|INTRAPERITONEAL|HEMODIALYSIS|URETHRAL|URETERAL|INTRAVESICAL/),
  ),
  category('implants', ['Implants', 'Implants', 'Implantate'], form(/IMPLANT/)),
  category(
    'subcutaneous',
    ['Subcutaneous injections', 'Injections sous-cutanées', 'Subkutane Injektionen'],
    route(/^SUBCUTANEOUS$/),
  ),
  category(
    'intramuscular',
    ['Intramuscular injections', 'Injections intramusculaires', 'Intramuskuläre Injektionen'],
    route(/^INTRAMUSCULAR/),
  ),
  category('infusions', ['Infusions', 'Perfusions', 'Infusionen'], route(/^(INTRAVENOUS|IV)/)),
  category(
    'injections',
    ['Injections', 'Injections', 'Injektionen'],
    form(/^INJECT|LIPOSOMAL/),
    route(/INJECTION|^INTRA|EPIDURAL|SPINAL/),
  ),
  category('creams', ['Creams', 'Crèmes', 'Cremes'], form(/^CREAM/)),
  category('ointments', ['Ointments and pastes', 'Pommades et pâtes', 'Salben und Pasten'], form(/^(OINTMENT|PASTE)/)),
  category('gels', ['Gels', 'Gels', 'Gele'], form(/^GEL/)),
  category(
    'lotions',
    ['Lotions and shampoos', 'Lotions et shampooings', 'Lotionen und Shampoos'],
    form(/^(LOTION|SHAMPOO|OIL|EMULSION)/),
  ),
  category('topical', ['Other skin care', 'Autres soins de la peau', 'Weitere Hautpflege'], route(/TOPICAL|CUTANEOUS/)),
  category(
    'chewable',
    ['Chewable and melting tablets', 'Comprimés à croquer et orodispersibles', 'Kau- und Schmelztabletten'],
    form(/^TABLET, (CHEWABLE|ORALLY|EFFERVESCENT|FOR)/),
  ),
  category(
    'tablets-extended',
    ['Slow-release tablets', 'Comprimés à libération modifiée', 'Retardtabletten'],
    form(/^TABLET, .*(EXTENDED|DELAYED)/),
  ),
  category('tablets', ['Tablets', 'Comprimés', 'Tabletten'], form(/^TABLET/)),
  category(
    'capsules-extended',
    ['Slow-release capsules', 'Gélules à libération modifiée', 'Retardkapseln'],
    form(/^CAPSULE, .*(EXTENDED|DELAYED|PELLETS)/),
  ),
  category('capsules', ['Capsules', 'Gélules', 'Kapseln'], form(/^CAPSULE/)),
  category(
    'lozenges',
    ['Lozenges and gums', 'Pastilles et gommes', 'Lutschtabletten und Kaugummis'],
    form(/^(TROCHE|GUM|LOZENGE|PASTILLE)/),
  ),
  category(
    'powders',
    ['Powders and granules', 'Poudres et granulés', 'Pulver und Granulate'],
    form(/^(POWDER|GRANULE|PELLETS|FOR )/),
  ),
  category(
    'liquids',
    ['Syrups and solutions', 'Sirops et solutions', 'Säfte und Lösungen'],
    form(/^(SOLUTION|SYRUP|SUSPENSION|ELIXIR|LIQUID|CONCENTRATE)/),
  ),
  category('other', ['Other', 'Autres', 'Sonstiges'], () => true),
];

type Claim = DemoCategory['claims'];

function category(slug: string, [en, fr, de]: [en: string, fr: string, de: string], ...claims: Claim[]): DemoCategory {
  return { slug, names: { en, fr, de }, claims: (form, route) => claims.some((claim) => claim(form, route)) };
}

function form(pattern: RegExp): Claim {
  return (form) => pattern.test(form);
}

function route(pattern: RegExp): Claim {
  return (_form, route) => pattern.test(route);
}

export function demoCategoryOf(form: string, route: string): DemoCategory {
  const found = DEMO_CATEGORIES.find((category) => category.claims(form, route));
  if (found === undefined) throw new Error('the last category claims everything');
  return found;
}
