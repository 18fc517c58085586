using System.CommandLine;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Cli.Commands;

/// <summary>The argument that says under what peers find each other.</summary>
internal static class TopicArgument
{
    public static Argument<string> Make() => new("topic") { Description = "32 bytes as z-base-32 or hex; with --name, any text" };

    public static Option<bool> MakeName() => new("--name") { Description = "The topic is a name: take its BLAKE2b hash" };

    public static Topic Parse(string text, bool isName)
    {
        if (isName) return new Topic(Blake2b.Hash(System.Text.Encoding.UTF8.GetBytes(text)));
        return Id32.TryParse<Topic>(text, out var topic)
            ? topic
            : throw CliException.Usage($"'{text}' is not a topic: expected 52 characters of z-base-32 or 64 of hex, or --name to use the hash of a text.");
    }
}
