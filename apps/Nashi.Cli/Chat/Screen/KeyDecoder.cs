using System.Buffers;
using System.Text;

namespace Nashi.Cli.Chat.Screen;

/// <summary>Tells key presses from the bytes that a terminal sends: UTF-8, control characters, and the sequences of xterm and its kin.</summary>
/// <remarks>Pure: fed with bytes as they come, cut anywhere. An escape at the end may begin a sequence; <see cref="Flush"/> decides, when nothing more came for a moment.</remarks>
internal sealed class KeyDecoder
{
    private const byte Esc = 0x1b;
    private const int MaxSequence = 32;
    private const int MaxPaste = 1 << 20;

    private readonly List<byte> _pending = [];
    private readonly List<byte> _pasted = [];
    private bool _isPasting;

    private static ReadOnlySpan<byte> PasteEnd => "\u001b[201~"u8;

    /// <summary>Whether bytes wait for what follows them.</summary>
    public bool IsPending => _pending.Count > 0 && !_isPasting;

    /// <summary>Takes bytes, and gives the keys that are complete.</summary>
    public IReadOnlyList<Key> Feed(ReadOnlySpan<byte> bytes)
    {
        var keys = new List<Key>();
        _pending.AddRange(bytes);
        var rest = _pending.ToArray().AsSpan();
        while (!rest.IsEmpty)
        {
            var used = _isPasting ? TakePaste(rest, keys) : Take(rest, keys);
            if (used == 0) break;
            rest = rest[used..];
        }

        _pending.Clear();
        _pending.AddRange(rest);
        return keys;
    }

    /// <summary>Takes what waits as it is: nothing followed.</summary>
    public IReadOnlyList<Key> Flush()
    {
        if (!IsPending) return [];
        var isEscape = _pending[0] == Esc;
        _pending.Clear();
        return isEscape ? [new Key(KeyKind.Escape)] : [];
    }

    private int Take(ReadOnlySpan<byte> rest, List<Key> keys)
    {
        if (rest[0] == Esc) return TakeEscape(rest, keys);
        if (rest[0] < 0x20 || rest[0] == 0x7f)
        {
            keys.Add(Control(rest[0]));
            return 1;
        }

        var status = Rune.DecodeFromUtf8(rest, out var rune, out var used);
        if (status == OperationStatus.NeedMoreData && rest.Length < 4) return 0;
        if (status == OperationStatus.Done && !Rune.IsControl(rune)) keys.Add(new Key(KeyKind.Text, rune.ToString()));
        return used;
    }

    private static Key Control(byte code) => code switch
    {
        (byte)'\r' or (byte)'\n' => new Key(KeyKind.Enter),
        (byte)'\t' => new Key(KeyKind.Tab),
        0x08 or 0x7f => new Key(KeyKind.Backspace),
        0 => new Key(KeyKind.Ctrl, " "),
        < 27 => new Key(KeyKind.Ctrl, ((char)('a' + code - 1)).ToString()),
        _ => new Key(KeyKind.Ctrl, ((char)(code + 0x40)).ToString()),
    };

    private int TakeEscape(ReadOnlySpan<byte> rest, List<Key> keys)
    {
        if (rest.Length == 1) return 0;
        if (rest[1] == '[') return TakeSequence(rest, keys);
        if (rest[1] == 'O')
        {
            if (rest.Length == 2) return 0;
            Add(keys, Final((char)rest[2], 1));
            return 3;
        }

        if (rest[1] == Esc)
        {
            keys.Add(new Key(KeyKind.Escape));
            return 1;
        }

        return 1 + TakeAlt(rest[1..], keys);
    }

    private static int TakeAlt(ReadOnlySpan<byte> rest, List<Key> keys)
    {
        if (rest[0] is (byte)'\r' or (byte)'\n') keys.Add(new Key(KeyKind.AltEnter));
        else if (rest[0] is 0x7f or 0x08) keys.Add(new Key(KeyKind.AltBackspace));
        else if (rest[0] == 'b') keys.Add(new Key(KeyKind.WordLeft));
        else if (rest[0] == 'f') keys.Add(new Key(KeyKind.WordRight));
        else if (rest[0] is >= 0x20 and < 0x7f) keys.Add(new Key(KeyKind.Alt, ((char)rest[0]).ToString()));
        return 1;
    }

    private int TakeSequence(ReadOnlySpan<byte> rest, List<Key> keys)
    {
        var end = rest[2..].IndexOfAnyInRange((byte)0x40, (byte)0x7e);
        if (end < 0) return rest.Length > MaxSequence ? rest.Length : 0;
        var parameters = System.Text.Encoding.ASCII.GetString(rest.Slice(2, end));
        var final = (char)rest[2 + end];
        if (final == '~' && parameters == "200") _isPasting = true;
        else Add(keys, Sequence(parameters, final));
        return 3 + end;
    }

    private static Key? Sequence(string parameters, char final)
    {
        var parts = parameters.Split(';');
        var modifier = parts.Length > 1 && int.TryParse(parts[1], out var given) ? given : 1;
        if (final != '~') return Final(final, modifier);
        return parts[0] switch
        {
            "1" or "7" => new Key(KeyKind.Home),
            "4" or "8" => new Key(KeyKind.End),
            "3" => new Key(KeyKind.Delete),
            "5" => new Key(KeyKind.PageUp),
            "6" => new Key(KeyKind.PageDown),
            "11" => new Key(KeyKind.Help),
            _ => null,
        };
    }

    // The modifier is 1 and the sum of Shift 1, Alt 2, Ctrl 4.
    private static Key? Final(char final, int modifier)
    {
        var isShifted = modifier > 1;
        return final switch
        {
            'A' => new Key(isShifted ? KeyKind.AltUp : KeyKind.Up),
            'B' => new Key(isShifted ? KeyKind.AltDown : KeyKind.Down),
            'C' => new Key(isShifted ? KeyKind.WordRight : KeyKind.Right),
            'D' => new Key(isShifted ? KeyKind.WordLeft : KeyKind.Left),
            'H' => new Key(KeyKind.Home),
            'F' => new Key(KeyKind.End),
            'Z' => new Key(KeyKind.BackTab),
            'M' => new Key(KeyKind.Enter),
            'P' => new Key(KeyKind.Help),
            _ => null,
        };
    }

    private static void Add(List<Key> keys, Key? key)
    {
        if (key is { } known) keys.Add(known);
    }

    private int TakePaste(ReadOnlySpan<byte> rest, List<Key> keys)
    {
        var end = rest.IndexOf(PasteEnd);
        // The last bytes may be the beginning of the end.
        var taken = end >= 0 ? end : Math.Max(0, rest.Length - PasteEnd.Length + 1);
        if (_pasted.Count + taken <= MaxPaste) _pasted.AddRange(rest[..taken]);
        if (end < 0) return taken;
        keys.Add(new Key(KeyKind.Paste, System.Text.Encoding.UTF8.GetString(_pasted.ToArray())));
        _pasted.Clear();
        _isPasting = false;
        return end + PasteEnd.Length;
    }
}
