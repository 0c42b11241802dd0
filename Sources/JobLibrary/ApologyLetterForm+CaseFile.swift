import Office
import OfficeDocuments

extension ApologyLetterForm {
    /// The facts of a case file's letter.
    /// - Parameters:
    ///   - number: nil = a preview.
    ///   - date: the day that the letter bears; what happened later is not known.
    init(
        _ file: CaseFile, _ profile: OfficeProfile, _ key: LetterKey, number: Int?, asOf date: LocalDate
    ) {
        let resolved = file.resolvedOn.flatMap { $0 <= date ? $0 : nil }
        let isFirst = key.promise == 1
        let addressee = profile.apology.addressee(file.applicant)
        let newPromise = isFirst && resolved == nil ? file.newPromise.map { DocumentDate($0) } : nil
        let words = profile.apology.form(for: file.receivedOn)
        let isDesks = profile.unit(named: file.unit)?.isNamed(in: profile.desk.name) ?? false
        self.init(
            superiorAgency: profile.superiorAgency, agency: profile.agency, agencyInText: profile.agencyInText,
            number: number, symbol: profile.apology.symbol, place: profile.place, date: DocumentDate(date),
            addressee: addressee.name, you: addressee.you,
            address: file.address, code: file.code, procedure: file.procedure,
            field: profile.fieldName(file.field), unit: profile.unitName(file.unit), receivedOn: file.receivedOn.form,
            promisedOn: file.dueOn(asOf: date).form, resolvedOn: resolved?.form,
            returnedOn: resolved == nil ? nil : file.returnedOn.flatMap { $0 <= date ? $0.form : nil },
            reason: file.delayReason,
            newPromise: newPromise,
            brokenPromise: isFirst ? nil : file.newPromise?.form,
            desk: "\(profile.desk.name), \(profile.desk.address)", phone: profile.desk.phone,
            deskRecipient: isDesks ? "" : profile.desk.recipient,
            legalBasis: profile.apology.legalBasis(for: file.receivedOn),
            title: newPromise == nil ? words.titleWithoutNewDay ?? words.title : words.title,
            newDayLabel: words.newDay, signerAuthority: profile.signer.authority,
            signerName: profile.signer.name)
    }
}
