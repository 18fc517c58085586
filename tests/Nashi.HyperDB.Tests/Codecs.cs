using Nashi.Hyperschema;
using Nashi.HyperDB.Tests.V2;

namespace Nashi.HyperDB.Tests;

/// <summary>Every type of the second schema, by name: decodes bytes and encodes the value again.</summary>
internal static class Codecs
{
    /// <summary>Decodes as a version of the schema and encodes as one; <see langword="null"/> when the bytes are refused.</summary>
    public delegate byte[]? Again(ReadOnlySpan<byte> bytes, ulong version);

    public static IReadOnlyDictionary<string, Again> All { get; } = new[]
    {
        Of(Everything.Codec), Of(OptionalNumbers.Codec), Of(OptionalFirst.Codec), Of(OptionalSecond.Codec), Of(Lists.Codec), Of(Point.Codec), Of(Style.Codec), Of(Frame.Codec),
        Of(Wide.Codec), Of(Drawing.Codec), Of(Layer.Codec), Of(Tree.Codec), Of(Late.Codec), Of(Positioned.Codec), Of(Atlas.Codec), Of(NoteV0.Codec), Of(NoteV1.Codec),
        Of(NoteBook.Codec), Of(Member.Codec), Of(Profile.Codec), Of(Counter.Codec), Of(Settings.Codec), Of(City.Codec), Of(Spot.Codec), Of(Put.Codec), Of(Remove.Codec), Of(PaperV1.Codec), Of(PaperV2.Codec), Of(Schema.IPaperCodec),
        Of(Schema.ColorCodec), Of(Schema.MoodCodec), Of(Schema.LevelCodec), Of(Schema.PointsCodec), Of(Schema.LayersCodec), Of(Schema.AnswersCodec), Of(Schema.CountsCodec),
        Of(Schema.PlacesCodec), Of(Schema.INoteCodec),
    }.ToDictionary();

    private static KeyValuePair<string, Again> Of<T>(SchemaCodec<T> codec)
    {
        byte[]? Run(ReadOnlySpan<byte> bytes, ulong version)
        {
            if (!codec.TryDecode(bytes, version, out var value)) return null;
            var again = codec.Encode(value, version);
            // What is written once is read and written the same from then on, and equal values are equal.
            Assert.True(codec.TryDecode(again, version, out var same), codec.Name);
            Assert.Equal(again, codec.Encode(same, version));
            Assert.True(codec.TryDecode(again, version, out var other), codec.Name);
            if (same is not System.Collections.IEnumerable) Assert.Equal(same, other);
            return again;
        }

        return new(codec.Name, Run);
    }
}
