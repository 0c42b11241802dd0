import CXlsxWriter

/// Writes one chart.
struct ChartWriting {
    /// A grey or a pattern in black and white: neighbours differ in both.
    private enum Fill {
        case grey(lxw_color_t)
        case pattern(lxw_chart_pattern_type)
    }

    private static let fills: [Fill] = [
        .grey(0x595959), .grey(0xD9D9D9), .pattern(LXW_CHART_PATTERN_WIDE_UPWARD_DIAGONAL),
        .pattern(LXW_CHART_PATTERN_SMALL_GRID), .pattern(LXW_CHART_PATTERN_DARK_HORIZONTAL), .grey(0xA6A6A6),
        .pattern(LXW_CHART_PATTERN_PERCENT_20), .pattern(LXW_CHART_PATTERN_WIDE_DOWNWARD_DIAGONAL),
    ]
    private static let dashes = [
        LXW_CHART_LINE_DASH_SOLID, LXW_CHART_LINE_DASH_SQUARE_DOT, LXW_CHART_LINE_DASH_LONG_DASH_DOT,
        LXW_CHART_LINE_DASH_ROUND_DOT,
    ]
    private static let markers = [
        LXW_CHART_MARKER_CIRCLE, LXW_CHART_MARKER_SQUARE, LXW_CHART_MARKER_TRIANGLE, LXW_CHART_MARKER_DIAMOND,
    ]
    private static let black: lxw_color_t = 0x00_0001
    private static let white: lxw_color_t = 0xFF_FFFF

    let chart: Chart
    let sheet: Sheet
    /// The line of the table's first row.
    let firstRowLine: Int

    private var lines: ClosedRange<Int> {
        let rows = chart.rows ?? sheet.rows.indices
        return firstRowLine + rows.lowerBound...firstRowLine + rows.upperBound - 1
    }

    /// Makes the chart.
    func make(
        _ workbook: UnsafeMutablePointer<lxw_workbook>, _ targets: inout TargetSheet?
    ) throws(SpreadsheetError) -> UnsafeMutablePointer<lxw_chart> {
        let type =
            switch chart.kind {
            case .bar: LXW_CHART_BAR
            case .column: LXW_CHART_COLUMN
            case .line: LXW_CHART_LINE
            }
        guard let made = workbook_add_chart(workbook, UInt8(type.rawValue)) else {
            throw .notWritten("sheet “\(sheet.name)”: the chart “\(chart.title)” cannot be made")
        }
        for (index, series) in chart.series.enumerated() { add(series, index, made) }
        if let target = chart.target { add(target, made, &targets) }
        if chart.kind != .line { chart_set_series_gap(made, chart.kind == .bar ? 60 : 80) }
        setTexts(made)
        setAxes(made)
        return made
    }

    private func add(_ series: Chart.Series, _ index: Int, _ made: UnsafeMutablePointer<lxw_chart>) {
        guard let drawn = addSeries(made, sheet.name, series.column, lines) else { return }
        chart_series_set_name(drawn, series.name ?? sheet.columns[series.column].title)
        if chart.kind == .line { setLine(drawn, index) } else { setFill(drawn, index) }
        guard chart.showsValues else { return }
        chart_series_set_labels(drawn)
        chart_series_set_labels_num_format(drawn, sheet.columns[series.column].kind.number.code)
        // The values of two lines stand apart on either side.
        let beside = index.isMultiple(of: 2) ? LXW_CHART_LABEL_POSITION_ABOVE : LXW_CHART_LABEL_POSITION_BELOW
        let position = chart.kind == .line ? beside : LXW_CHART_LABEL_POSITION_OUTSIDE_END
        chart_series_set_labels_position(drawn, UInt8(position.rawValue))
        withFont(size: 9) { chart_series_set_labels_font(drawn, $0) }
    }

    private func addSeries(
        _ made: UnsafeMutablePointer<lxw_chart>, _ name: String, _ column: Int, _ rows: ClosedRange<Int>
    ) -> UnsafeMutablePointer<lxw_chart_series>? {
        guard let drawn = chart_add_series(made, nil, nil) else { return nil }
        let categories = lxw_col_t(chart.categories)
        chart_series_set_categories(
            drawn, sheet.name, lxw_row_t(lines.lowerBound), categories, lxw_row_t(lines.upperBound), categories)
        chart_series_set_values(
            drawn, name, lxw_row_t(rows.lowerBound), lxw_col_t(column), lxw_row_t(rows.upperBound), lxw_col_t(column))
        return drawn
    }

    private func setFill(_ drawn: UnsafeMutablePointer<lxw_chart_series>, _ index: Int) {
        switch Self.fills[index % Self.fills.count] {
        case .grey(let color):
            var fill = lxw_chart_fill(color: color, none: 0, transparency: 0)
            chart_series_set_fill(drawn, &fill)
        case .pattern(let type):
            var pattern = lxw_chart_pattern(fg_color: Self.black, bg_color: Self.white, type: UInt8(type.rawValue))
            chart_series_set_pattern(drawn, &pattern)
        }
        var outline = lxw_chart_line(color: Self.black, none: 0, width: 0.75, dash_type: 0, transparency: 0)
        chart_series_set_line(drawn, &outline)
    }

    private func setLine(_ drawn: UnsafeMutablePointer<lxw_chart_series>, _ index: Int) {
        let dash = Self.dashes[index % Self.dashes.count]
        var line = lxw_chart_line(
            color: Self.black, none: 0, width: 2, dash_type: UInt8(dash.rawValue), transparency: 0)
        chart_series_set_line(drawn, &line)
        chart_series_set_marker_type(drawn, UInt8(Self.markers[index % Self.markers.count].rawValue))
        chart_series_set_marker_size(drawn, 7)
        var fill = lxw_chart_fill(
            color: index.isMultiple(of: 2) ? Self.black : Self.white, none: 0, transparency: 0)
        chart_series_set_marker_fill(drawn, &fill)
        var outline = lxw_chart_line(color: Self.black, none: 0, width: 0.75, dash_type: 0, transparency: 0)
        chart_series_set_marker_line(drawn, &outline)
    }

    /// Among lines, a target is a line. Bars have none: there it is the trend of invisible bars, which are all of one length.
    private func add(
        _ target: Chart.Target, _ made: UnsafeMutablePointer<lxw_chart>, _ targets: inout TargetSheet?
    ) {
        guard let column = targets?.add(target, count: lines.count) else { return }
        guard let drawn = addSeries(made, TargetSheet.name, column, 1...lines.count) else { return }
        let dash = UInt8(LXW_CHART_LINE_DASH_DASH.rawValue)
        var line = lxw_chart_line(color: Self.black, none: 0, width: 1.75, dash_type: dash, transparency: 0)
        if chart.kind == .line {
            chart_series_set_name(drawn, target.name)
            chart_series_set_line(drawn, &line)
            chart_series_set_marker_type(drawn, UInt8(LXW_CHART_MARKER_NONE.rawValue))
            return
        }
        // The legend has the trend's name. The bars have none there, as programs do not agree on how to leave them out.
        chart_series_set_name(drawn, " ")
        var fill = lxw_chart_fill(color: 0, none: 1, transparency: 0)
        chart_series_set_fill(drawn, &fill)
        var outline = lxw_chart_line(color: 0, none: 1, width: 0, dash_type: 0, transparency: 0)
        chart_series_set_line(drawn, &outline)
        chart_series_set_trendline(drawn, UInt8(LXW_CHART_TRENDLINE_TYPE_LINEAR.rawValue), 0)
        chart_series_set_trendline_name(drawn, target.name)
        chart_series_set_trendline_line(drawn, &line)
        // To the edges, half a category before the first and after the last.
        chart_series_set_trendline_forecast(drawn, 0.5, 0.5)
        // Where there is one series, the invisible bars stand behind it and need no room.
        if chart.series.count == 1 { chart_set_series_overlap(made, 100) }
    }

    private func setTexts(_ made: UnsafeMutablePointer<lxw_chart>) {
        if chart.title.isEmpty { chart_title_off(made) } else { chart_title_set_name(made, chart.title) }
        withFont(size: 13, isBold: true) { chart_title_set_name_font(made, $0) }
        let isNeeded = chart.series.count > 1 || chart.target != nil
        let place = isNeeded ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE
        chart_legend_set_position(made, UInt8(place.rawValue))
        withFont(size: 10) { chart_legend_set_font(made, $0) }
    }

    private func setAxes(_ made: UnsafeMutablePointer<lxw_chart>) {
        // The library's x axis is the horizontal one.
        let isTurned = chart.kind == .bar
        let categories = isTurned ? made.pointee.y_axis : made.pointee.x_axis
        let values = isTurned ? made.pointee.x_axis : made.pointee.y_axis
        withFont(size: 10) { font in
            chart_axis_set_num_font(categories, font)
            chart_axis_set_num_font(values, font)
        }
        if let first = chart.series.first {
            let number = sheet.columns[first.column].kind.number
            chart_axis_set_num_format(values, number == .percent ? "0%" : number.code)
        }
        chart_axis_set_min(values, chart.axis?.lowerBound ?? 0)
        if let axis = chart.axis { chart_axis_set_max(values, axis.upperBound) }
        var grid = lxw_chart_line(color: 0xBFBFBF, none: 0, width: 0.5, dash_type: 0, transparency: 0)
        chart_axis_major_gridlines_set_visible(values, 1)
        chart_axis_major_gridlines_set_line(values, &grid)
        if chart.kind == .bar {
            chart_axis_set_reverse(categories)
            // The values stay below though the categories begin above.
            chart_axis_set_crossing_max(categories)
            chart_axis_major_gridlines_set_visible(categories, 0)
        }
    }

    /// The library copies the font.
    private func withFont(size: Double, isBold: Bool = false, _ body: (UnsafeMutablePointer<lxw_chart_font>) -> Void) {
        var name = Array(CellFormats.font.utf8CString)
        name.withUnsafeMutableBufferPointer { name in
            var font = lxw_chart_font()
            font.name = name.baseAddress
            font.size = size
            // 0 is the default, which is bold for titles.
            font.bold = isBold ? 1 : UInt8(LXW_EXPLICIT_FALSE.rawValue)
            body(&font)
        }
    }
}
