import CHashing

extension SuperscalarProgram {
    /// The instructions in bundles, as C runs them. Each instruction goes into the first slot of its kind after
    /// everything on which it depends.
    ///
    /// Places are numbered in their order of execution, slot after slot and bundle after bundle. An instruction must
    /// come after the last one that wrote one of its registers, and after the last one that read its destination.
    package func bundles() -> [nj_rx_bundle] {
        var bundles: [nj_rx_bundle] = []
        var taken: Set<Int> = []
        var lastWrite = [Int](repeating: -1, count: 8)
        var lastRead = [Int](repeating: -1, count: 8)
        for instruction in instructions {
            let dst = Int(instruction.dst), src = Int(instruction.src)
            let earliest = max(lastWrite[dst], lastRead[dst], lastWrite[src]) + 1
            let slots = Slot.allCases.count
            // Start at the first place of the right kind from `earliest` on, and continue bundle by bundle.
            var place = earliest / slots * slots + instruction.slot.rawValue
            while place < earliest || taken.contains(place) { place += slots }
            taken.insert(place)
            lastWrite[dst] = place
            lastRead[src] = max(lastRead[src], place)
            while bundles.count <= place / slots { bundles.append(.idle) }
            bundles[place / slots].take(instruction)
        }
        return bundles
    }
}

/// The kinds of work in a bundle, in their order of execution.
private enum Slot: Int, CaseIterable {
    case multiply, add, xor, rotate, wide
}

extension SuperscalarInstruction {
    fileprivate var slot: Slot {
        switch opcode {
        case .imulR, .imulRcp: .multiply
        case .isubR, .iaddRS, .iaddC7, .iaddC8, .iaddC9: .add
        case .ixorR, .ixorC7, .ixorC8, .ixorC9: .xor
        case .irorC: .rotate
        case .imulhR, .ismulhR: .wide
        }
    }
}

extension nj_rx_bundle {
    fileprivate static let idle: nj_rx_bundle = {
        let zero = UInt8(NJ_RX_ZERO_REGISTER)
        func idle(_ slot: Slot) -> UInt8 { UInt8(NJ_RX_IDLE_REGISTER) + UInt8(slot.rawValue) }
        var bundle = nj_rx_bundle()
        (bundle.multiply_dst, bundle.multiply_src) = (idle(.multiply), zero)
        (bundle.add_dst, bundle.add_src) = (idle(.add), zero)
        (bundle.xor_dst, bundle.xor_src) = (idle(.xor), zero)
        bundle.rotate_dst = idle(.rotate)
        bundle.wide = NJ_RX_WIDE_NONE
        return bundle
    }()

    /// Puts an instruction into its slot, which must be idle. With a constant operand, the source stays the zero
    /// register.
    fileprivate mutating func take(_ instruction: SuperscalarInstruction) {
        let constant = Int32(bitPattern: instruction.imm32)
        switch instruction.opcode {
        case .imulR: (multiply_dst, multiply_src) = (instruction.dst, instruction.src)
        case .imulRcp: (multiply_dst, multiply_constant) = (instruction.dst, reciprocal(instruction.imm32))
        case .isubR: (add_dst, add_src, add_factor) = (instruction.dst, instruction.src, -1)
        case .iaddRS: (add_dst, add_src, add_factor) = (instruction.dst, instruction.src, 1 << Int8(instruction.shift))
        case .iaddC7, .iaddC8, .iaddC9: (add_dst, add_constant) = (instruction.dst, constant)
        case .ixorR: (xor_dst, xor_src) = (instruction.dst, instruction.src)
        case .ixorC7, .ixorC8, .ixorC9: (xor_dst, xor_constant) = (instruction.dst, constant)
        case .irorC: (rotate_dst, rotate_count) = (instruction.dst, UInt8(instruction.imm32))
        case .imulhR: (wide, wide_dst, wide_src) = (NJ_RX_WIDE_UNSIGNED, instruction.dst, instruction.src)
        case .ismulhR: (wide, wide_dst, wide_src) = (NJ_RX_WIDE_SIGNED, instruction.dst, instruction.src)
        }
    }
}
