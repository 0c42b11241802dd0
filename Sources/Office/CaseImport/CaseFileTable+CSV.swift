import Foundation

extension CaseFileTable {
    /// The rejected rows as a CSV file of the same columns, with the line and the reason.
    public var rejectsFile: String {
        let hasSheets = rejects.contains { $0.sheet != nil }
        let head = Self.row(header + (hasSheets ? ["trang"] : []) + ["dong", "ly_do_loi"])
        let rows = rejects.map { reject in
            Self.row(
                reject.cells + (hasSheets ? [reject.sheet ?? ""] : []) + [String(reject.line), reject.reason])
        }
        return ([head] + rows).joined(separator: "\r\n") + "\r\n"
    }

    /// Case files as a CSV file.
    public static func write(_ cases: [CaseFile]) -> String {
        let rows = cases.map { file in
            row([
                file.code, file.procedure, file.field, file.unit, file.applicant, file.address, file.phone, file.email,
                file.channel.rawValue, file.receivedOn.form, file.promisedOn.form, file.resolvedOn?.form ?? "",
                file.returnedOn?.form ?? "", file.delayReason, file.newPromise?.form ?? "",
                file.suspensions.last?.from.form ?? "", file.suspensions.last?.to?.form ?? "",
                file.suspensions.last?.reason ?? "",
            ])
        }
        return ([row(columns)] + rows).joined(separator: "\r\n") + "\r\n"
    }

    private static func row(_ cells: [String]) -> String {
        cells.map(FormulaGuard.guarded).map { cell in
            let isPlain = !cell.contains(where: { $0 == "," || $0 == ";" || $0 == "\"" || $0.isNewline })
            return isPlain ? cell : "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }
}
