using System.Globalization;
using Nashi.Chat;

namespace Nashi.Cli.Chat;

/// <summary>Numbers the files of a room as they are shown, so that they can be named with a digit. Not thread-safe.</summary>
internal sealed class FileShelf
{
    private readonly List<Attachment> _files = [];
    private readonly Dictionary<(MessageId Message, string Name), int> _numbers = [];

    /// <summary>A file's line: its number, name and size.</summary>
    public string Label(MessageId message, Attachment file)
    {
        if (!_numbers.TryGetValue((message, file.Name), out var number))
        {
            _files.Add(file);
            _numbers[(message, file.Name)] = number = _files.Count;
        }

        return string.Create(CultureInfo.InvariantCulture, $"[{number}] {MessageReport.FileOf(file)}");
    }

    /// <summary>The file of a number; null when there is none.</summary>
    public Attachment? Find(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at >= 1 && at <= _files.Count ? _files[at - 1] : null;
}
