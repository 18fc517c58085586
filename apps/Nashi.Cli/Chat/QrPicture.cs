using QRCoder;

namespace Nashi.Cli.Chat;

/// <summary>A QR code of half blocks, level M: it still reads with a seventh of it hidden. In capitals, which take less room; a link means the same in both.</summary>
internal static class QrPicture
{
    public static string Draw(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text.ToUpperInvariant(), QRCodeGenerator.ECCLevel.M);
        using var code = new AsciiQRCode(data);
        return code.GetGraphicSmall();
    }
}
