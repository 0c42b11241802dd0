@testable import OfficeDocuments

/// Documents as an office makes them, for tests.
enum Sample {
    static func document(_ type: OfficialDocument.Kind) -> OfficialDocument {
        OfficialDocument(
            superiorAgency: "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", agency: "ỦY BAN NHÂN DÂN QUẬN 1", number: 4,
            symbol: "BC-UBND", place: "Quận 1", date: DocumentDate(year: 2024, month: 3, day: 29), type: type,
            signerAuthority: ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], signerName: "Nguyễn Văn An",
            recipients: ["Như trên;", "Thường trực Quận ủy;", "Lưu: VT, NV."])
    }

    static var officialLetter: OfficialDocument {
        var document = document(.officialLetter)
        document.symbol = "UBND-NV"
        document.subject = "đôn đốc thực hiện nhiệm vụ cải cách hành chính quý I năm 2024"
        document.addressees = ["Phòng Tài chính - Kế hoạch", "Phòng Nội vụ", "Ủy ban nhân dân phường Bến Nghé"]
        document.body = [
            .grounds(["Căn cứ Kế hoạch số 04/KH-UBND", "Xét đề nghị của Trưởng phòng Nội vụ"]),
            .paragraph([
                Run(
                    "Ủy ban nhân dân Quận 1 đề nghị thủ trưởng các cơ quan, đơn vị khẩn trương thực hiện các nội dung "
                        + "sau đây theo đúng thời hạn đã được giao trong kế hoạch cải cách hành chính của Quận:")
            ]),
            .list([
                [Run("Rà soát các nhiệm vụ chưa hoàn thành;")],
                [Run("Gửi báo cáo "), Run("trước ngày 05 tháng 4 năm 2024", bold: true), Run(".")],
            ]),
            .paragraph([Run("Đề nghị các cơ quan, đơn vị nghiêm túc thực hiện./.")]),
        ]
        return document
    }

    static var report: OfficialDocument {
        var document = document("BÁO CÁO")
        document.subject = "Kết quả giải quyết thủ tục hành chính quý I năm 2024"
        document.body = [
            .heading("I. KẾT QUẢ"), .paragraph([Run(text(6))]), .heading("1. Theo lĩnh vực", level: .section),
            .table(table(rows: 12)), .chart(chart), .heading("2. Theo tháng", level: .section), .trend(trend),
            .heading("II. NHIỆM VỤ KỲ TỚI"), .paragraph([Run(text(12))]), .paragraph([Run("Trên đây là báo cáo./.")]),
        ]
        document.appendices = [
            .init(
                title: "TÌNH HÌNH GIẢI QUYẾT HỒ SƠ", reference: "Biểu số 1",
                orientation: .landscape, body: [.table(form(rows: 40))])
        ]
        return document
    }

    static func text(_ sentences: Int) -> String {
        String(
            repeating: "Ủy ban nhân dân Quận 1 đã chỉ đạo các cơ quan, đơn vị rà soát, công khai tỷ lệ đúng hạn. ",
            count: sentences)
    }

    static func table(rows: Int) -> Block.Table {
        Block.Table(
            caption: "Kết quả theo lĩnh vực",
            columns: [.init(1), .init(5, .left), .init(2, .right), .init(2, .right), .init(2, .right)],
            head: [
                [
                    .init("STT", rows: 2), .init("Lĩnh vực", rows: 2), .init("Đã giải quyết", columns: 2),
                    .init("Tỷ lệ", rows: 2),
                ],
                ["Đúng hạn", "Trễ hạn"],
            ],
            rows: (1...rows).map(row) + [total])
    }

    private static func row(_ number: Int) -> Block.Table.Row {
        Block.Table.Row(["\(number)", "Lĩnh vực số \(number)", VietnameseNumber.text(number * 321), "3", "98,5%"])
    }

    private static var total: Block.Table.Row {
        Block.Table.Row([.init("Tổng cộng", columns: 2), "15.000", "36", "99%"], bold: true)
    }

    static var chart: Block.Chart {
        Block.Chart(
            caption: "Tỷ lệ đúng hạn",
            bars: (1...8).map { number in
                let value = number == 3 ? nil : Double(90 + number)
                return .init(
                    label: "Lĩnh vực \(number)", value: value,
                    valueText: value.map { VietnameseNumber.text($0, decimals: 1) + "%" } ?? "Không phát sinh",
                    target: number == 1 ? 98 : 95, isMet: number > 4)
            })
    }

    static var trend: Block.Trend {
        let received = (1...12).map { (month: Int) -> Double? in Double(1000 + month * 97 % 400) }
        let resolved = (1...12).map { (month: Int) -> Double? in month == 12 ? nil : Double(950 + month * 71 % 380) }
        let average = (1...12).map { (month: Int) -> Double? in Double(1050 + month) }
        return Block.Trend(
            caption: "Số hồ sơ theo tháng", unit: "hồ sơ", periods: (1...12).map { "T\($0)" },
            series: [
                .init("Tiếp nhận", received), .init("Đã giải quyết", resolved),
                .init("Trung bình năm 2023", average, style: .line),
            ])
    }

    /// The form of 13 columns (Circular 01/2020/TT-VPCP).
    static func form(rows: Int) -> Block.Table {
        Block.Table(
            columns: [.init(5), .init(22, .left)] + [Block.Table.Column](repeating: .init(7.5, .right), count: 11),
            head: [
                [
                    .init("STT", rows: 2), .init("Lĩnh vực, công việc", rows: 2),
                    .init("Số hồ sơ nhận giải quyết", columns: 4), .init("Đã giải quyết", columns: 4),
                    .init("Đang giải quyết", columns: 3),
                ],
                [
                    "Tổng số", "Trực tuyến", "Trực tiếp, bưu chính", "Từ kỳ trước", "Tổng số", "Trước hạn", "Đúng hạn",
                    "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn",
                ],
                (1...13).map { Block.Table.Cell("(\($0))") },
            ],
            rows: (1...rows).map { row in
                let figures = (0..<11).map { VietnameseNumber.text($0 * 311 + row * 17) }
                return Block.Table.Row(["\(row)", "Lĩnh vực số \(row)"] + figures)
            })
    }
}
