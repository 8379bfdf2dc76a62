// Write the table in argv[3] (JSON: rows of cells, a date as {"date": "2021-03-01"}) to argv[4], with the library
// named in argv[2].
const fs = require("fs");
const [library, source, target] = process.argv.slice(2);
const rows = JSON.parse(fs.readFileSync(source, "utf8")).map((row) =>
  row.map((cell) => (cell !== null && typeof cell === "object" ? new Date(cell.date + "T00:00:00Z") : cell)),
);

async function withExceljs() {
  const ExcelJS = require("exceljs");
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet("Claims");
  rows.forEach((row) => sheet.addRow(row));
  await book.xlsx.writeFile(target);
}

function withSheetjs() {
  const XLSX = require("xlsx-republish");
  const book = XLSX.utils.book_new();
  const sheet = XLSX.utils.aoa_to_sheet(rows, { cellDates: true, UTC: true });
  XLSX.utils.book_append_sheet(book, sheet, "Claims");
  XLSX.writeFile(book, target, { cellDates: false });
}

Promise.resolve(library === "exceljs" ? withExceljs() : withSheetjs()).catch((error) => {
  console.error(error);
  process.exit(1);
});
