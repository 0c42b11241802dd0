/// How long citizens' data are kept (`retention` in `office.yaml`). Law says how long letters must be kept; the office sets
/// what holds for it.
public struct RetentionRules: Codable, Sendable, Equatable {
    /// Days after the result was handed over, or was there, after which names, addresses and letters are wiped.
    public var personalDataDays: Int

    /// What is wrong with it; nil = nothing.
    var slip: String? {
        (30...36_500).contains(personalDataDays)
            ? nil : "“retention.personalDataDays” is not a number of days from 30 to 36500"
    }

    /// Whether a case file's data are to be wiped on a day.
    func isOver(_ file: CaseFile, asOf date: LocalDate) -> Bool {
        guard let resolved = file.resolvedOn else { return false }
        let last = max(resolved, file.returnedOn ?? resolved)
        return date.number - last.number > personalDataDays
    }
}

extension CaseFile {
    /// Something in it tells who the citizen is.
    var namesCitizen: Bool { !(applicant.isEmpty && address.isEmpty && phone.isEmpty && email.isEmpty) }

    /// The same file without the citizen, for good: an import brings nobody back.
    var withoutCitizen: CaseFile {
        var file = self
        (file.applicant, file.address, file.phone, file.email) = ("", "", "", "")
        file.isWiped = true
        return file
    }
}
