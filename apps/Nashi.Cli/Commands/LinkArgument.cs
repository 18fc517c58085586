using System.CommandLine;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary>The argument that names a drive.</summary>
internal static class LinkArgument
{
    public static Argument<PearLink> Make() => new("link")
    {
        Description = "pear://<key>, pear://<fork>.<length>.<key>, or the key alone",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            // A bare key is as clear as a link.
            if (!text.Contains("://", StringComparison.Ordinal)) text = "pear://" + text;
            if (PearLink.TryParse(text, out var link, out var why)) return link;
            result.AddError($"'{result.Tokens[0].Value}' is not a link: {why}.");
            return null;
        },
    };
}
