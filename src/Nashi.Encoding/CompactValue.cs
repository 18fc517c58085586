using System.Buffers;

namespace Nashi.Encoding;

/// <summary>A self-describing value: the format's <c>any</c>.</summary>
/// <remarks>
/// Reading is iterative and bounded: a stranger can choose neither the depth of our stack nor how much we allocate beyond a small multiple of the
/// bytes sent. Source: data.md §1.1.
/// </remarks>
public sealed class CompactValue
{
    /// <summary>The deepest nesting of arrays and objects that is read or written.</summary>
    public const int MaxDepth = 64;

    private static readonly CompactValue TheNull = new(CompactValueKind.Null, null);

    private readonly object? _value;

    private CompactValue(CompactValueKind kind, object? value) => (Kind, _value) = (kind, value);

    /// <summary>Nothing.</summary>
    public static CompactValue Null => TheNull;

    /// <summary>What it holds.</summary>
    public CompactValueKind Kind { get; }

    /// <summary>The elements of an array.</summary>
    public IReadOnlyList<CompactValue> Elements => (List<CompactValue>)Get(CompactValueKind.Array);

    /// <summary>The named values of an object, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, CompactValue>> Properties => (List<KeyValuePair<string, CompactValue>>)Get(CompactValueKind.Object);

    /// <summary>Wraps a boolean.</summary>
    public static CompactValue From(bool value) => new(CompactValueKind.Bool, value);

    /// <summary>Wraps text.</summary>
    public static CompactValue From(string value) => new(CompactValueKind.String, value);

    /// <summary>Wraps bytes, without copying.</summary>
    public static CompactValue From(byte[] value) => new(CompactValueKind.Buffer, value);

    /// <summary>Wraps an unsigned integer below 2^53.</summary>
    public static CompactValue From(ulong value) => new(CompactValueKind.UInt, value);

    /// <summary>Wraps a signed integer.</summary>
    public static CompactValue From(long value) => new(CompactValueKind.Int, value);

    /// <summary>Wraps a number.</summary>
    public static CompactValue From(double value) => new(CompactValueKind.Float, value);

    /// <summary>Wraps a moment.</summary>
    public static CompactValue From(DateTimeOffset value) => new(CompactValueKind.Date, value);

    /// <summary>Wraps a list.</summary>
    public static CompactValue FromElements(IEnumerable<CompactValue> elements) => new(CompactValueKind.Array, elements.ToList());

    /// <summary>Wraps named values, keeping their order.</summary>
    public static CompactValue FromProperties(IEnumerable<KeyValuePair<string, CompactValue>> properties) =>
        new(CompactValueKind.Object, properties.ToList());

    /// <summary>The boolean.</summary>
    public bool AsBool() => (bool)Get(CompactValueKind.Bool);

    /// <summary>The text.</summary>
    public string AsString() => (string)Get(CompactValueKind.String);

    /// <summary>The bytes.</summary>
    public byte[] AsBuffer() => (byte[])Get(CompactValueKind.Buffer);

    /// <summary>The unsigned integer.</summary>
    public ulong AsUInt() => (ulong)Get(CompactValueKind.UInt);

    /// <summary>The signed integer.</summary>
    public long AsInt() => (long)Get(CompactValueKind.Int);

    /// <summary>The number.</summary>
    public double AsFloat() => (double)Get(CompactValueKind.Float);

    /// <summary>The moment.</summary>
    public DateTimeOffset AsDate() => (DateTimeOffset)Get(CompactValueKind.Date);

    /// <summary>Reads one value with all it contains.</summary>
    /// <returns>False for anything malformed, deeper than <see cref="MaxDepth"/>, or with a date outside the calendar.</returns>
    public static bool TryRead(ref CompactReader reader, out CompactValue value)
    {
        var open = new Stack<Frame>();
        value = Null;
        while (true)
        {
            if (open.TryPeek(out var top) && top.Value.Kind == CompactValueKind.Object && !reader.TryReadString(reader.Remaining, out top.Key)) return false;
            if (!TryReadOne(ref reader, out value, out var count)) return false;
            if (count > 0)
            {
                if (open.Count >= MaxDepth) return false;
                open.Push(new Frame(value, count));
            }
            else if (Close(open, ref value))
            {
                return true;
            }
        }
    }

    /// <summary>Writes this value with all it contains.</summary>
    /// <exception cref="InvalidOperationException">It is nested deeper than <see cref="MaxDepth"/>.</exception>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new CompactWriter(output);
        var rest = new Stack<(string? Key, CompactValue Value, int Depth)>();
        rest.Push((null, this, 0));
        while (rest.TryPop(out var next))
        {
            if (next.Depth > MaxDepth) throw new InvalidOperationException($"A value may nest {MaxDepth} levels at most.");
            if (next.Key is not null) writer.WriteString(next.Key);
            next.Value.WriteOne(ref writer);
            next.Value.PushChildren(rest, next.Depth + 1);
        }
    }

    // Adds a finished value to the container above it, and finishes that too when it was the last element.
    private static bool Close(Stack<Frame> open, ref CompactValue value)
    {
        while (open.TryPeek(out var parent))
        {
            parent.Add(value);
            if (parent.Left > 0) return false;
            value = open.Pop().Value;
        }

        return true;
    }

    private static bool TryReadOne(ref CompactReader reader, out CompactValue value, out int children)
    {
        children = 0;
        value = Null;
        if (!reader.TryReadUInt(out var tag)) return false;
        switch ((CompactValueKind)tag)
        {
            case CompactValueKind.Null:
                return true;
            case CompactValueKind.Bool:
                return reader.TryReadBool(out var flag) && Take(From(flag), out value);
            case CompactValueKind.String:
                return reader.TryReadString(reader.Remaining, out var text) && Take(From(text), out value);
            case CompactValueKind.Buffer:
                return reader.TryReadBuffer(out var bytes) && Take(From(bytes.ToArray()), out value);
            case CompactValueKind.UInt:
                return reader.TryReadUInt(out var unsigned) && Take(From(unsigned), out value);
            case CompactValueKind.Int:
                return reader.TryReadInt(out var signed) && Take(From(signed), out value);
            case CompactValueKind.Float:
                return reader.TryReadFloat64(out var number) && Take(From(number), out value);
            case CompactValueKind.Array:
                return reader.TryReadArrayLength(1, out children) && Take(FromElements([]), out value);
            case CompactValueKind.Object:
                return reader.TryReadArrayLength(2, out children) && Take(FromProperties([]), out value);
            case CompactValueKind.Date:
                return reader.TryReadDate(out var date) && Take(From(date), out value);
            default:
                return false;
        }
    }

    private static bool Take(CompactValue made, out CompactValue value)
    {
        value = made;
        return true;
    }

    private object Get(CompactValueKind kind) =>
        Kind == kind ? _value! : throw new InvalidOperationException($"This value is a {Kind}, not a {kind}.");

    private void WriteOne(ref CompactWriter writer)
    {
        writer.WriteUInt((ulong)Kind);
        switch (Kind)
        {
            case CompactValueKind.Bool:
                writer.WriteBool(AsBool());
                break;
            case CompactValueKind.String:
                writer.WriteString(AsString());
                break;
            case CompactValueKind.Buffer:
                writer.WriteBuffer(AsBuffer());
                break;
            case CompactValueKind.UInt:
                writer.WriteUInt(AsUInt());
                break;
            case CompactValueKind.Int:
                writer.WriteInt(AsInt());
                break;
            case CompactValueKind.Float:
                writer.WriteFloat64(AsFloat());
                break;
            case CompactValueKind.Array:
                writer.WriteUInt((ulong)Elements.Count);
                break;
            case CompactValueKind.Object:
                writer.WriteUInt((ulong)Properties.Count);
                break;
            case CompactValueKind.Date:
                writer.WriteDate(AsDate());
                break;
        }
    }

    private void PushChildren(Stack<(string? Key, CompactValue Value, int Depth)> rest, int depth)
    {
        // Pushed backwards, so that they are popped in order.
        if (Kind == CompactValueKind.Array)
        {
            for (var i = Elements.Count - 1; i >= 0; i--) rest.Push((null, Elements[i], depth));
        }
        else if (Kind == CompactValueKind.Object)
        {
            for (var i = Properties.Count - 1; i >= 0; i--) rest.Push((Properties[i].Key, Properties[i].Value, depth));
        }
    }

    private sealed class Frame(CompactValue value, int left)
    {
        public string Key = "";

        public CompactValue Value { get; } = value;

        public int Left { get; private set; } = left;

        public void Add(CompactValue child)
        {
            Left--;
            if (Value.Kind == CompactValueKind.Array) ((List<CompactValue>)Value._value!).Add(child);
            else ((List<KeyValuePair<string, CompactValue>>)Value._value!).Add(new(Key, child));
        }
    }
}
