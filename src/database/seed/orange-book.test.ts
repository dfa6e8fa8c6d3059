import { expect, it } from 'vitest';
import { parseProduct } from './orange-book.js';

const LINE =
  'BUDESONIDE; FORMOTEROL FUMARATE~AEROSOL, METERED;INHALATION~SYMBICORT~ASTRAZENECA~0.08MG/INH;0.0045MG/INH~N~021929~001~AB~Jul 21, 2006~Yes~No~RX~ASTRAZENECA PHARMACEUTICALS LP';

const REMARK =
  'Federal Register determination that product was not discontinued or withdrawn for safety or effectiveness reasons';

function line(changes: Record<number, string>): string {
  return LINE.split('~')
    .map((field, index) => changes[index] ?? field)
    .join('~');
}

it('reads every field of a product', () => {
  expect(parseProduct(LINE)).toEqual({
    id: 'N021929001',
    tradeName: 'SYMBICORT',
    manufacturer: 'ASTRAZENECA',
    manufacturerFullName: 'ASTRAZENECA PHARMACEUTICALS LP',
    dosageForm: 'AEROSOL, METERED',
    route: 'INHALATION',
    ingredients: ['BUDESONIDE', 'FORMOTEROL FUMARATE'],
    applType: 'N',
    applNo: '021929',
    productNo: '001',
    strength: '0.08MG/INH;0.0045MG/INH',
    strengthRemark: null,
    teCode: 'AB',
    approvalDate: '2006-07-21',
    referenceListed: true,
    referenceStandard: false,
    marketingStatus: 'RX',
  });
});

it.each([
  [`1% **${REMARK}**`, '1%', REMARK],
  [`1% **${REMARK}*`, '1%', REMARK],
  [`0.1MG **See current Annual Edition **${REMARK}**`, '0.1MG', `See current Annual Edition; ${REMARK}`],
  ['0.1MG **See current Annual Edition', '0.1MG', 'See current Annual Edition'],
])('sets the remark apart from the strength: %s', (text, strength, strengthRemark) => {
  expect(parseProduct(line({ 4: text }))).toMatchObject({ strength, strengthRemark });
});

it('knows what was approved before dates were kept', () => {
  expect(parseProduct(line({ 9: 'Approved Prior to Jan 1, 1982' }))).toMatchObject({ approvalDate: null });
});

it.each([
  ['', '1 fields instead of 14'],
  [`${LINE}~more`, '15 fields instead of 14'],
  [line({ 0: '' }), 'Ingredient is empty'],
  [line({ 0: 'BUDESONIDE; ' }), 'Ingredient is "BUDESONIDE;"'],
  [line({ 1: 'TABLET' }), 'DF;Route is "TABLET"'],
  [line({ 1: 'TABLET;' }), 'DF;Route is "TABLET;"'],
  [line({ 2: ' ' }), 'Trade_Name is empty'],
  [line({ 4: `**${REMARK}**` }), `Strength is "**${REMARK}**"`],
  [line({ 5: 'B' }), 'Appl_Type is "B"'],
  [line({ 6: '21929' }), 'Appl_No is "21929"'],
  [line({ 7: '1' }), 'Product_No is "1"'],
  [line({ 9: '' }), 'Approval_Date is ""'],
  [line({ 9: 'Feb 30, 2006' }), 'Approval_Date is "Feb 30, 2006"'],
  [line({ 9: 'Foo 3, 2006' }), 'Approval_Date is "Foo 3, 2006"'],
  [line({ 10: 'Maybe' }), 'RLD is "Maybe"'],
  [line({ 12: 'GONE' }), 'Type is "GONE"'],
])('says what is wrong with %j', (text, malformed) => {
  expect(parseProduct(text)).toEqual({ malformed });
});
