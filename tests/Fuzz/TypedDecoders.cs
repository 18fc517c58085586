using Nashi.HyperDB;
using Nashi.Hyperschema;

namespace Nashi.Fuzz;

/// <summary>Decoders that the generator made of a schema with every kind of field.</summary>
internal static class TypedDecoders
{
    /// <summary>The first byte chooses the type.</summary>
    public static bool Struct(byte[] bytes) => bytes is [var kind, .. var rest] && (kind % 9) switch
    {
        0 => Again(Typed.Drawing.Codec, rest),
        1 => Again(Typed.Everything.Codec, rest),
        2 => Again(Typed.Lists.Codec, rest),
        3 => Again(Typed.Tree.Codec, rest),
        4 => Again(Typed.Atlas.Codec, rest),
        5 => Again(Typed.NoteBook.Codec, rest),
        6 => Again(Typed.OptionalFirst.Codec, rest),
        7 => Again(Typed.OptionalSecond.Codec, rest),
        _ => Again(Typed.Schema.AnswersCodec, rest),
    };

    /// <summary>The first byte says how many of the rest are the key.</summary>
    public static bool Record(byte[] bytes)
    {
        if (bytes.Length == 0) return false;
        var length = Math.Min(bytes[0], bytes.Length - 1);
        var key = bytes.AsSpan(1, length);
        var value = bytes.AsSpan(1 + length);
        return DatabaseView.TryDecode(Typed.Database.MembersDefinition, 2, key, value, out _, out _)
            | DatabaseView.TryDecode(Typed.Database.CitiesDefinition, 2, key, value, out _, out _)
            | DatabaseView.TryDecode(Typed.Database.PapersDefinition, 2, key, value, out _, out _)
            | DatabaseView.TryDecode(Typed.Database.SettingsDefinition, 2, key, value, out _, out _);
    }

    /// <summary>Keys of collections, alone.</summary>
    public static bool Key(byte[] bytes)
    {
        var reader = new IndexKeyReader(bytes, Typed.Database.MembersDefinition.Id);
        _ = Typed.Database.MembersDefinition.ReadKey(ref reader);
        var numbers = new IndexKeyReader(bytes, Typed.Database.MembersDefinition.Id);
        _ = (numbers.ReadInt(long.MinValue, long.MaxValue), numbers.ReadDate(), numbers.ReadBool(), numbers.ReadOptionalFixed32());
        return !reader.Failed || !numbers.Failed;
    }

    // What was read is written, and read again. A number of an enum without a name is kept when read and refused when written.
    private static bool Again<T>(SchemaCodec<T> codec, byte[] bytes)
    {
        if (!codec.TryDecode(bytes, out var value)) return false;
        try
        {
            return codec.TryDecode(codec.Encode(value), out _) ? true : throw new InvalidOperationException("What was written cannot be read.");
        }
        catch (HyperschemaException error) when (error.Code == "ENCODING_ERROR")
        {
            return true;
        }
    }
}
