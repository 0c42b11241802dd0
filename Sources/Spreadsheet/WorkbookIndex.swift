/// What the workbook part says of its sheets (`workbook.xml`, ECMA-376 part 1, 18.2).
struct WorkbookIndex {
    struct Entry {
        let name: String
        let isHidden: Bool
        let relationship: String
    }

    private(set) var sheets: [Entry] = []
    private(set) var countsFrom1904 = false

    init(_ part: [UInt8]) throws(PartFault) {
        var scanner = try XMLScanner(part)
        try scanner.enterRoot()
        guard scanner.isNamed("workbook") else { throw .damaged("it is another kind of document") }
        while try scanner.enterChild() {
            if scanner.isNamed("workbookPr") {
                let flag = try scanner.attributeText("date1904")
                countsFrom1904 = flag == "1" || flag == "true"
                try scanner.skip()
            } else if scanner.isNamed("sheets") {
                while try scanner.enterChild() { try readSheet(&scanner) }
            } else {
                try scanner.skip()
            }
        }
        try scanner.finish()
    }

    private mutating func readSheet(_ scanner: inout XMLScanner) throws(PartFault) {
        if scanner.isNamed("sheet") {
            guard let name = try scanner.attributeText("name"),
                let relationship = try scanner.attributeText("id", hasPrefix: true)
            else { throw .damaged("a sheet has no name or no part") }
            let state = try scanner.attributeText("state") ?? "visible"
            sheets.append(Entry(name: name, isHidden: state != "visible", relationship: relationship))
        }
        try scanner.skip()
    }
}
