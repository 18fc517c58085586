using System.Globalization;
using System.Text;

namespace Nashi.Storage.Device;

/// <summary>What a device file says: on which platform, as which file and when the store was made. Spec: data.md §4.1.</summary>
internal sealed record DeviceRecord
{
    /// <summary>The extended attribute's value, which plain copies lose.</summary>
    public const string Original = "original";

    private const string IdKey = "id";
    private const string PlatformKey = "device/platform";
    private const string FileKey = "device/inode";
    private const string CreatedKey = "device/created";
    private const string AttributeKey = "device/attribute";

    public string? Id { get; init; }

    public string Platform { get; init; } = "";

    /// <summary>The file's number on its disk. Kept as the reference keeps it, in a double.</summary>
    public double File { get; init; }

    /// <summary>Unix milliseconds; zero when the file does not say.</summary>
    public double Created { get; init; }

    public string Attribute { get; init; } = "";

    public static DeviceRecord Parse(string text)
    {
        var record = new DeviceRecord();
        foreach (var line in text.Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0) record = record.With(line[..equals].Trim(), line[(equals + 1)..].Trim());
        }

        return record;
    }

    public string Print(string newLine)
    {
        var text = new StringBuilder();
        if (Id is not null) Add(IdKey, Id);
        Add(PlatformKey, Platform);
        Add(FileKey, File.ToString("F0", CultureInfo.InvariantCulture));
        Add(CreatedKey, Created.ToString("F0", CultureInfo.InvariantCulture));
        if (Attribute.Length > 0) Add(AttributeKey, Attribute);
        return text.ToString();

        void Add(string key, string value) => text.Append(key).Append('=').Append(value).Append(newLine);
    }

    private DeviceRecord With(string key, string value) => key switch
    {
        IdKey => this with { Id = value },
        PlatformKey => this with { Platform = value },
        FileKey => this with { File = Number(value) },
        CreatedKey => this with { Created = Number(value) },
        AttributeKey => this with { Attribute = value },
        // Applications may keep more in it.
        _ => this,
    };

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
