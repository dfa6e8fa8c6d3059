/** One product as the Orange Book lists it. */
export interface OrangeBookProduct {
  readonly id: string;
  readonly tradeName: string;
  readonly manufacturer: string;
  readonly manufacturerFullName: string;
  readonly dosageForm: string;
  readonly route: string;
  readonly ingredients: readonly string[];
  readonly applType: string;
  readonly applNo: string;
  readonly productNo: string;
  readonly strength: string;
  readonly strengthRemark: string | null;
  readonly teCode: string | null;
  /** ISO 8601; null when approved before 1982. */
  readonly approvalDate: string | null;
  readonly referenceListed: boolean;
  readonly referenceStandard: boolean;
  readonly marketingStatus: 'RX' | 'OTC' | 'DISCN';
}

export const HEADER =
  'Ingredient~DF;Route~Trade_Name~Applicant~Strength~Appl_Type~Appl_No~Product_No~TE_Code~Approval_Date~RLD~RS~Type~Applicant_Full_Name';

const FIELDS = HEADER.split('~');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const BEFORE_1982 = 'Approved Prior to Jan 1, 1982';

class Malformed extends Error {}

/** A line of the product file, or in one phrase what is wrong with it. */
export function parseProduct(line: string): OrangeBookProduct | { readonly malformed: string } {
  try {
    return product(line.split('~').map((field) => field.trim()));
  } catch (error) {
    if (error instanceof Malformed) return { malformed: error.message };
    throw error;
  }
}

function product(fields: readonly string[]): OrangeBookProduct {
  if (fields.length !== FIELDS.length) throw new Malformed(`${fields.length} fields instead of ${FIELDS.length}`);
  const field = (name: string): string => fields[FIELDS.indexOf(name)] ?? '';
  const required = (name: string): string => field(name) || fail(`${name} is empty`);
  const matching = (name: string, form: RegExp): string =>
    form.test(field(name)) ? field(name) : fail(`${name} is "${field(name)}"`);

  const [dosageForm, route] = split(required('DF;Route'));
  const [applType, applNo, productNo] = [
    matching('Appl_Type', /^[AN]$/),
    matching('Appl_No', /^\d{6}$/),
    matching('Product_No', /^\d{3}$/),
  ];
  return {
    id: applType + applNo + productNo,
    tradeName: required('Trade_Name'),
    manufacturer: required('Applicant'),
    manufacturerFullName: required('Applicant_Full_Name'),
    dosageForm,
    route,
    ingredients: ingredientsOf(required('Ingredient')),
    ...strengthOf(required('Strength')),
    applType,
    applNo,
    productNo,
    teCode: field('TE_Code') || null,
    approvalDate: dateOf(field('Approval_Date')),
    referenceListed: matching('RLD', /^(Yes|No)$/) === 'Yes',
    referenceStandard: matching('RS', /^(Yes|No)$/) === 'Yes',
    marketingStatus: matching('Type', /^(RX|OTC|DISCN)$/) as OrangeBookProduct['marketingStatus'],
  };
}

function fail(reason: string): never {
  throw new Malformed(reason);
}

function split(formAndRoute: string): [form: string, route: string] {
  const [form, route, ...rest] = formAndRoute.split(';').map((part) => part.trim());
  return form && route && rest.length === 0 ? [form, route] : fail(`DF;Route is "${formAndRoute}"`);
}

function ingredientsOf(text: string): string[] {
  const names = text.split(';').map((name) => name.trim());
  return names.every((name) => name !== '') ? names : fail(`Ingredient is "${text}"`);
}

/** `15% **Federal Register …**`: remarks are set between stars, not always as many at the end as at the start. */
function strengthOf(text: string): { strength: string; strengthRemark: string | null } {
  const [strength = '', ...remarks] = text.split(/\s*\*+\s*/);
  if (strength === '') fail(`Strength is "${text}"`);
  return { strength, strengthRemark: remarks.filter((remark) => remark !== '').join('; ') || null };
}

/** `Oct 7, 2014` */
function dateOf(text: string): string | null {
  if (text === BEFORE_1982) return null;
  const [, month = '', day = '', year = ''] = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4})$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), MONTHS.indexOf(month), Number(day)));
  // A date such as February 30 would roll over into March.
  if (month === '' || !MONTHS.includes(month) || date.getUTCDate() !== Number(day)) fail(`Approval_Date is "${text}"`);
  return date.toISOString().slice(0, 10);
}
